#include "server/insight/journal.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

#include "streams/text/number.hpp"

namespace server::insight {
namespace {

// LOG_DEBUG, LOG_INFO, LOG_WARNING and LOG_ERR of syslog(3).
constexpr std::array<std::string_view, 4> prefixes{"<7>", "<6>", "<4>", "<3>"};

}  // namespace

bool is_journal(int fd, std::string_view journal_stream) noexcept {
  const std::size_t colon = journal_stream.find(':');
  if (colon == std::string_view::npos) return false;
  struct stat status {};
  if (::fstat(fd, &status) != 0) return false;
  return text::whole_number<std::uint64_t>(journal_stream.substr(0, colon)) == status.st_dev &&
         text::whole_number<std::uint64_t>(journal_stream.substr(colon + 1)) == status.st_ino;
}

bool stderr_is_journal() noexcept {
  const char* const stream = std::getenv("JOURNAL_STREAM");
  return stream != nullptr && is_journal(STDERR_FILENO, stream);
}

std::string_view priority(config::LogLevel level) noexcept {
  return priority_prefix(level).substr(1, 1);
}

std::string_view priority_prefix(config::LogLevel level) noexcept {
  return prefixes[static_cast<std::size_t>(level)];
}

}  // namespace server::insight
