// Faults on demand in the system calls that move a connection's bytes, where the kernel would make
// them: a seccomp filter hands each receive and send on one socket to a thread that lets it
// through, shortens it, or answers with an error. See seccomp_unotify(2). The filter stays with its
// thread for good, so each plan runs on a thread, a loop and a socket of its own.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>

#include "streams/task.hpp"
#include "tests/streams/wire.hpp"

namespace tests {

/// What happens to the calls on one socket.
struct IoFaults {
  std::size_t max_send = SIZE_MAX;  ///< bytes of each send; more makes it short
  /// What the next calls fail with, in order: an errno value, or 0 for a call that goes through.
  std::deque<int> send_errors;
  std::deque<int> receive_errors;
  /// Every so many sends fail with `repeated_error`; 0 is none.
  int send_error_every = 0;
  int repeated_error = 0;
};

/// What came of them. Written by the thread that answers, read by the test.
struct IoSeen {
  std::atomic<int> sends = 0;     ///< calls seen, failed ones included
  std::atomic<int> receives = 0;  ///< likewise
  std::atomic<bool> all_without_sigpipe = true;
};

/// Runs `body` on a Wire over `pair` whose own end has these faults. Where the kernel has no such
/// filters it says so with WARN, and nothing is tested.
void with_faults(SocketPair pair, IoFaults faults,
                 const std::function<streams::Task<void>(Wire&, const IoSeen&)>& body);

}  // namespace tests
