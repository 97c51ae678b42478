// What the kernel says that this process uses, the figures that every exporter of Prometheus tells.
// Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "streams/unique_fd.hpp"

namespace server::process {

class Usage {
 public:
  /// Opens /proc/self/statm for good, so that reading it takes no descriptor later. Where that
  /// cannot be, memory() is 0.
  Usage() noexcept;

  struct Memory {
    std::uint64_t resident = 0;  ///< bytes
    std::uint64_t virtual_ = 0;  ///< bytes
  };
  Memory memory() const noexcept;
  /// In user and system mode, of all threads.
  static std::chrono::microseconds cpu_time() noexcept;
  /// From Linux 6.2 on, which tells them in one step: counting them takes as long as there are
  /// many.
  static std::optional<std::uint64_t> open_files() noexcept;
  /// RLIMIT_NOFILE, as it is now.
  static std::uint64_t max_files() noexcept;
  /// Of the process, in hundredths of a second since 1970; none where /proc does not tell.
  static std::optional<std::uint64_t> start_time();

 private:
  streams::UniqueFd statm_;
};

}  // namespace server::process
