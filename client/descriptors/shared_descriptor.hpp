// SharedDescriptor: a descriptor that somebody else made, standard output, and whose readiness to
// be written to can be waited for. Its O_NONBLOCK is left as it is: it belongs to the open file,
// which the shell and other programs share with us. Asio sets it on whatever it waits for, so what
// Asio gets to see is an epoll set of ours with the descriptor in it. The loop's thread; outlives
// its waits.
#pragma once

#include <system_error>

#include <asio/posix/stream_descriptor.hpp>

#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace client::descriptors {

class SharedDescriptor {
 public:
  /// `fd` stays the caller's and open. Throws std::system_error.
  SharedDescriptor(streams::EventLoop& loop, int fd);

  /// Completes when poll(2) says so, at once if it does already. std::errc::operation_canceled when
  /// cancelled.
  streams::Task<std::error_code> wait();

  int get() const noexcept { return fd_; }
  /// Whether it is a file or a disk, which poll(2) always calls ready and which blocks all the
  /// same.
  bool is_storage() const noexcept { return is_storage_; }

 private:
  const int fd_;
  const bool is_storage_;
  asio::posix::stream_descriptor epoll_;
};

}  // namespace client::descriptors
