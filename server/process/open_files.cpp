#include "server/process/open_files.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "streams/unique_fd.hpp"

namespace server::process {

std::size_t raise_open_files() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  const rlimit raised{limit.rlim_max, limit.rlim_max};
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return limit.rlim_cur;
}

void require_descriptors(std::size_t count) {
  std::vector<streams::UniqueFd> opened;
  for (std::size_t i = 0; i < count; ++i) {
    opened.emplace_back(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!opened.back()) {
      throw std::system_error(errno, std::system_category(), "none is left for connections");
    }
  }
}

void grow_descriptor_table(std::size_t number) noexcept {
  if (number == 0) return;
  constexpr std::size_t most = std::numeric_limits<int>::max();
  const int last = static_cast<int>(std::min(number, most) - 1);
  const streams::UniqueFd highest(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, last));
}

}  // namespace server::process
