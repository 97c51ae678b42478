// A file descriptor with one owner, closed when it goes.
#pragma once

#include <unistd.h>
#include <utility>

namespace streams {

class UniqueFd {
 public:
  UniqueFd() = default;
  /// Takes over `fd`.
  explicit UniqueFd(int fd) noexcept : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~UniqueFd() { reset(); }

  /// -1 for none; stays ours.
  int get() const noexcept { return fd_; }
  /// Whether there is one.
  explicit operator bool() const noexcept { return fd_ >= 0; }
  /// Leaves the descriptor to the caller.
  int release() noexcept { return std::exchange(fd_, -1); }
  /// Closes it.
  void reset() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace streams
