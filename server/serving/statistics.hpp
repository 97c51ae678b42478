// What the server counts, summed up over its workers: for STATS, the log and the status line. Reads
// counters only; any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "server/insight/metrics.hpp"
#include "server/protocols/context.hpp"
#include "server/serving/worker.hpp"

namespace server::serving {

class Statistics final : public protocols::StatsSource {
 public:
  /// Both outlive this.
  Statistics(std::span<const std::unique_ptr<Worker>> workers,
             const insight::AcceptorMetrics& acceptors, std::size_t max_connections);

  void stats(std::vector<std::pair<std::string_view, std::uint64_t>>& out) const override;
  /// How many connections are being served.
  std::uint64_t connections() const noexcept;
  void set_max_connections(std::size_t number) noexcept { max_connections_ = number; }

 private:
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  const std::span<const std::unique_ptr<Worker>> workers_;
  const insight::AcceptorMetrics& acceptors_;
  std::atomic<std::size_t> max_connections_;
};

}  // namespace server::serving
