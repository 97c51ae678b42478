// Faults on demand in the system calls that move a connection's bytes. The test program defines
// send(), recv() and syscall() itself (io_faults_test.cpp), which come before the C library's; what
// has no plan goes to the kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

namespace tests {

/// The plan for one descriptor.
struct IoFaults {
  int fd = -1;
  std::size_t max_send = SIZE_MAX;  ///< bytes of each send; more makes it short
  /// What the next calls fail with, in order: an errno value, or 0 for a call that goes through.
  std::deque<int> send_errors;
  std::deque<int> receive_errors;
  /// Every so many sends fail with `repeated_error`; 0 is none.
  int send_error_every = 0;
  int repeated_error = 0;

  int sends = 0;     ///< calls seen, failed ones included
  int receives = 0;  ///< likewise
  bool all_without_sigpipe = true;
};

/// Puts a plan into force until it goes. One at a time.
class PlanFaults {
 public:
  explicit PlanFaults(IoFaults& plan) noexcept;
  ~PlanFaults();
  PlanFaults(const PlanFaults&) = delete;
  PlanFaults& operator=(const PlanFaults&) = delete;
};

}  // namespace tests
