#include "server/serving/statistics.hpp"

namespace server::serving {

Statistics::Statistics(std::span<const std::unique_ptr<Worker>> workers,
                       const insight::AcceptorMetrics& acceptors, std::size_t max_connections)
    : workers_(workers), acceptors_(acceptors), max_connections_(max_connections) {}

std::uint64_t Statistics::connections() const noexcept {
  std::uint64_t started = 0;
  std::uint64_t ended = 0;
  for (const auto& worker : workers_) {
    // Ended before started, so that a session that ends meanwhile is not counted as less than none.
    ended += worker->metrics().sessions_ended.value();
    started += worker->metrics().sessions_started.value();
  }
  return started - ended;
}

void Statistics::stats(std::vector<std::pair<std::string_view, std::uint64_t>>& out) const {
  std::uint64_t started = 0;
  std::uint64_t ended = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t failed = 0;
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  for (const auto& worker : workers_) {
    ended += worker->metrics().sessions_ended.value();  // before started, as above
    started += worker->metrics().sessions_started.value();
    timed_out += worker->metrics().sessions_timed_out.value();
    failed += worker->metrics().sessions_failed.value();
    received += worker->loop().traffic().received.value();
    sent += worker->loop().traffic().sent.value();
  }
  const auto uptime = std::chrono::steady_clock::now() - started_;
  out.emplace_back(
      "uptime_seconds",
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(uptime).count()));
  out.emplace_back("workers", workers_.size());
  out.emplace_back("connections_max", max_connections_.load());
  out.emplace_back("connections_active", started - ended);
  out.emplace_back("connections_total", started);
  out.emplace_back("connections_refused_total", acceptors_.refused.value());
  out.emplace_back("connections_timed_out_total", timed_out);
  out.emplace_back("connections_failed_total", failed);
  out.emplace_back("accept_errors_total", acceptors_.accept_errors.value());
  out.emplace_back("bytes_received_total", received);
  out.emplace_back("bytes_sent_total", sent);
}

}  // namespace server::serving
