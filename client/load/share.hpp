// Share: which part of a run one generator thread does. Connection number c belongs to thread
// c modulo the number of threads. A value.
#pragma once

#include <cstddef>
#include <cstdint>

namespace client::load {

struct Share {
  std::size_t thread = 0;       ///< from 0
  std::size_t threads = 1;      ///< at most as many as connections
  std::size_t connections = 1;  ///< of all threads

  /// How many connections the thread has.
  std::size_t own() const noexcept { return (connections - thread + threads - 1) / threads; }
  /// The number, among those of all threads, of the thread's connection `connection`.
  std::size_t number(std::size_t connection) const noexcept {
    return thread + connection * threads;
  }
  /// The thread's part of `total`, in proportion to its connections; the parts add up exactly.
  std::uint64_t part_of(std::uint64_t total) const noexcept {
    const std::uint64_t rest = total % connections;
    // Connections with a number below `rest` have one more.
    const std::uint64_t more = rest > thread ? (rest - thread + threads - 1) / threads : 0;
    return total / connections * own() + more;
  }
  /// The thread's part of a rate.
  double part_of_rate(double rate) const noexcept {
    return rate * static_cast<double>(own()) / static_cast<double>(connections);
  }
};

}  // namespace client::load
