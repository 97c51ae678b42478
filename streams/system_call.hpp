// The two system calls of every request, straight to the kernel. The C library's recv() and send()
// are cancellation points: once a process has a second thread, each pays two atomic operations for
// a pthread_cancel() that nobody here uses; its syscall() moves every argument to the next register
// and knows none to leave out. Any thread.
#pragma once

#include <cstddef>
#include <sys/syscall.h>
#include <sys/types.h>

#if !defined(__x86_64__)
#include <cerrno>
#include <unistd.h>
#endif

namespace streams {

/// What the kernel returns: a negative value is an errno value with its sign turned.
inline long system_call(long number, long first, const void* second, std::size_t third,
                        long fourth) noexcept {
#if defined(__x86_64__)
  // syscall(2), "Architecture calling conventions". The fifth and sixth argument are none.
  register long r10 __asm__("r10") = fourth;
  register long r8 __asm__("r8") = 0;
  register long r9 __asm__("r9") = 0;
  long result = number;
  __asm__ volatile("syscall"
                   : "+a"(result)
                   : "D"(first), "S"(second), "d"(third), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
#else
  const long result = ::syscall(number, first, second, third, fourth, nullptr, 0L);
  return result < 0 ? -errno : result;
#endif
}

/// recv(2): bytes, 0 at the end, or a negative errno value.
inline ssize_t receive_from(int fd, char* into, std::size_t size, int flags) noexcept {
  return system_call(SYS_recvfrom, fd, into, size, flags);
}

/// send(2): bytes, or a negative errno value.
inline ssize_t send_to(int fd, const char* from, std::size_t size, int flags) noexcept {
  return system_call(SYS_sendto, fd, from, size, flags);
}

}  // namespace streams
