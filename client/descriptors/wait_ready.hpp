// Waiting for a descriptor that somebody else made. Its O_NONBLOCK is left as it is: it belongs to
// the open file, which the shell and other programs may share with us.
#pragma once

#include <system_error>

#include <asio/posix/stream_descriptor.hpp>

#include "streams/task.hpp"

namespace client::descriptors {

enum class Readiness { readable, writable };

/// Completes when poll(2) says so, at once if it does already, also for what epoll(7) does not
/// take. std::errc::operation_canceled when cancelled. The loop's thread; `descriptor` outlives it.
streams::Task<std::error_code> wait_ready(asio::posix::stream_descriptor& descriptor,
                                          Readiness wanted);

/// A duplicate of `fd` for Asio to own, in the mode that `fd` is in. Throws std::system_error.
asio::posix::stream_descriptor duplicate(asio::io_context& context, int fd);

/// Whether `fd` is of the kind that poll(2) always calls ready and that blocks all the same.
bool is_storage(int fd) noexcept;

}  // namespace client::descriptors
