#include "config/read_file.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "config/error.hpp"
#include "streams/unique_fd.hpp"

namespace config {
namespace {

constexpr std::size_t max_file = 1024 * 1024;
constexpr std::chrono::milliseconds longest_break{10'000};

FileText problem(std::string text) { return {.text = {}, .problem = std::move(text)}; }

constexpr const char* too_large = "it is larger than 1MiB";

/// What another path or other permissions would mend; everything else is the system's. `instead` is
/// what to do without such a file.
FileText failure(const std::string& path, int error, const std::string& instead) {
  const std::string why = std::generic_category().message(error);
  switch (error) {
    case ENOENT:
    case ENOTDIR: return problem(why + "; give the path of an existing file, or " + instead);
    case EACCES:
    case EPERM: return problem(why + "; let the daemon's user read it and enter its directories");
    case EISDIR: return problem(why + "; give the path of a file in it");
    case ELOOP:
    case ENAMETOOLONG:
    case ENXIO:
    case ENODEV:
    case EINVAL: return problem(why);
    default:
      throw std::system_error(error, std::system_category(),
                              printable(path) + ": cannot read this file");
  }
}

FileText failure(const std::string& path, int error) {
  return failure(path, error, "none for the defaults");
}

/// Why a file cannot be a part of a configuration, or empty.
std::string irregularity(const struct stat& status) {
  const mode_t mode = status.st_mode;
  if (S_ISREG(mode)) return {};
  const std::string kind = S_ISDIR(mode)    ? "a directory"
                           : S_ISFIFO(mode) ? "a pipe"
                           : S_ISSOCK(mode) ? "a socket"
                                            : "a device";
  return "it is " + kind + "; give the path of a regular file, which can be read again";
}

/// The reading of a file by one who may be given up, or not.
class Reading {
 public:
  explicit Reading(Abandonment* abandonment) noexcept : abandonment_(abandonment) {}
  ~Reading() {
    if (working_ && abandonment_ != nullptr) abandonment_->end_work();
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  enum class Ready : std::uint8_t { yes, given_up, break_too_long };
  /// Waits until there is something to be taken.
  Ready wait(int fd) const {
    const bool bounded = working_ && abandonment_ != nullptr;
    const int wake = abandonment_ != nullptr ? abandonment_->descriptor() : -1;
    std::array<pollfd, 2> either{{{fd, POLLIN, 0}, {wake, POLLIN, 0}}};
    int ready = 0;
    do {
      ready = ::poll(either.data(), either.size(),
                     bounded ? static_cast<int>(longest_break.count()) : -1);
    } while (ready < 0 && errno == EINTR);
    if (ready < 0) throw std::system_error(errno, std::system_category(), "poll");
    if (ready == 0) return Ready::break_too_long;
    return either[1].revents != 0 ? Ready::given_up : Ready::yes;
  }
  /// From now on what is taken has to be taken whole. False when it was given up.
  bool begin() noexcept {
    if (!working_) working_ = abandonment_ == nullptr || abandonment_->begin_work();
    return working_;
  }

 private:
  Abandonment* const abandonment_;
  bool working_ = false;
};

}  // namespace

FileText read_file(const std::string& path, Abandonment* abandonment) {
  // A pipe is opened at once, and its writer is waited for where the wait can be ended.
  const streams::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd) return failure(path, errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return failure(path, errno);

  Reading reading(abandonment);
  std::string text;
  std::array<char, 16 * 1024> block;
  for (;;) {
    const Reading::Ready ready = reading.wait(fd.get());
    if (ready == Reading::Ready::break_too_long) {
      return problem("what was written to it stops in the middle: write all at once, and close it");
    }
    if (ready == Reading::Ready::given_up || !reading.begin()) return problem("it was given up");
    const ssize_t n = ::read(fd.get(), block.data(), block.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) return failure(path, errno);
    if (n == 0) break;
    text.append(block.data(), static_cast<std::size_t>(n));
    if (text.size() > max_file) return problem(too_large);
  }
  if (text.empty() && S_ISFIFO(status.st_mode)) {
    return problem(
        "this pipe was closed before anything was written to it; write the configuration, or give "
        "/dev/null for the defaults");
  }
  return {.text = std::move(text), .problem = {}};
}

FileText read_regular_file(const std::string& path, const std::string& instead) {
  // What it is, is asked first: to open a device may do something, and a pipe's writer would find
  // a reader.
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return failure(path, errno, instead);
  if (std::string why = irregularity(status); !why.empty()) return problem(std::move(why));
  const streams::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd || ::fstat(fd.get(), &status) != 0) return failure(path, errno, instead);
  if (std::string why = irregularity(status); !why.empty()) return problem(std::move(why));

  std::string text;
  std::array<char, 16 * 1024> block;
  for (;;) {
    const ssize_t n = ::read(fd.get(), block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    // The kernel has some that look regular and have their reader wait.
    if (n < 0 && errno == EAGAIN) return problem("it is not a file whose end can be read");
    if (n < 0) return failure(path, errno, instead);
    if (n == 0) return {.text = std::move(text), .problem = {}};
    text.append(block.data(), static_cast<std::size_t>(n));
    if (text.size() > max_file) return problem(too_large);
  }
}

}  // namespace config
