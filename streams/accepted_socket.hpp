// An AcceptedSocket: a connection that was accepted and that nobody serves yet. One that is never
// served, because there was no memory for whoever would have done it, is reset when it is
// destroyed: a FIN would look like the end of something whole. A value, on one thread at a time.
#pragma once

#include <utility>

#include "streams/unique_fd.hpp"

namespace streams {

/// Has close(2) of the socket `fd` send RST. Nothing of the kind on AF_UNIX.
void reset_at_close(int fd) noexcept;

class AcceptedSocket {
 public:
  /// None.
  AcceptedSocket() = default;
  /// Takes over `fd`, or none.
  explicit AcceptedSocket(UniqueFd fd) noexcept : fd_(std::move(fd)) {}
  /// Takes over the other's, which has none then.
  AcceptedSocket(AcceptedSocket&&) noexcept = default;
  AcceptedSocket& operator=(AcceptedSocket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~AcceptedSocket() {
    if (fd_) reset_at_close(fd_.get());
  }

  /// Leaves the socket to who serves it, or closes it in peace.
  UniqueFd take() noexcept { return std::move(fd_); }
  /// Stays ours; -1 for none.
  int get() const noexcept { return fd_.get(); }
  /// Whether there is one.
  explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

 private:
  UniqueFd fd_;
};

}  // namespace streams
