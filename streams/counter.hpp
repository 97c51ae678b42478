// A counter that one thread increments, and a gauge that one thread sets, and any thread reads: as
// cheap as a plain integer for its writer, never torn for its readers.
#pragma once

#include <atomic>
#include <cstdint>

namespace streams {

class Counter {
 public:
  /// On the one writing thread only.
  void add(std::uint64_t amount) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  /// On the one writing thread only.
  void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace streams
