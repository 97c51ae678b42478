// Stands in for streams/system_call.hpp in the fuzz build alone, where a program may bring a kernel
// of its own: the two calls are functions, which kernel_calls.cpp makes to the real one.
#pragma once

#include <cstddef>
#include <sys/types.h>

namespace streams {

/// recv(2): bytes, 0 at the end, or a negative errno value.
ssize_t receive_from(int fd, char* into, std::size_t size, int flags) noexcept;

/// send(2): bytes, or a negative errno value.
ssize_t send_to(int fd, const char* from, std::size_t size, int flags) noexcept;

}  // namespace streams
