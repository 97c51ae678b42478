#include "streams/folder_lock.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <linux/limits.h>
#include <poll.h>
#include <sys/file.h>

namespace streams {

FolderLock::FolderLock(std::string_view path, std::chrono::milliseconds patience) noexcept {
  const std::size_t slash = path.rfind('/');
  const std::string_view folder = slash == std::string_view::npos ? "." : path.substr(0, slash + 1);
  std::array<char, PATH_MAX> name{};
  if (folder.size() >= name.size()) return;
  folder.copy(name.data(), folder.size());
  folder_ = UniqueFd(::open(name.data(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto until = std::chrono::steady_clock::now() + patience;
  while (folder_ && ::flock(folder_.get(), LOCK_EX | LOCK_NB) != 0) {
    taken_ = errno == EWOULDBLOCK;
    if (errno != EINTR && !taken_) return;
    if (std::chrono::steady_clock::now() >= until) return;
    // It is held for microseconds.
    ::poll(nullptr, 0, 1);
  }
  taken_ = false;
}

}  // namespace streams
