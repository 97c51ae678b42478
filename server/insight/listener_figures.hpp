// ListenerFigures: what is counted of the listener of one name, by each worker in a block of its
// own, which that worker alone writes and any thread reads. A reload's listener of the same name
// goes on counting here. Pinned while the registry, a listener or a session refers to it.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/insight/cause.hpp"
#include "server/insight/families.hpp"
#include "server/insight/histogram.hpp"
#include "server/insight/registry.hpp"
#include "streams/counter.hpp"
#include "streams/event_loop.hpp"
#include "streams/faults/fault.hpp"
#include "streams/tcp_info.hpp"

namespace server::insight {

/// As histograms and counters of seconds have it; nothing is below 0.
constexpr std::uint64_t in_microseconds(std::chrono::steady_clock::duration time) noexcept {
  const auto count = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  return count < 0 ? 0 : static_cast<std::uint64_t>(count);
}

/// Of one worker. A line of the processor's cache is never shared with another's.
struct alignas(64) WorkerBlock {
  streams::Traffic traffic;
  streams::Counter started;
  streams::Counter failed;
  std::array<streams::Counter, cause_words.size()> ended;
  std::array<streams::Counter, faults::action_count> faults_met;
  Histogram<families::session.buckets> session;
  // Where the daemon measures:
  Histogram<families::first_byte.buckets> first_byte;
  Histogram<families::request.buckets> request;
  streams::Counter stalls;       ///< that have begun
  streams::Counter stalls_over;  ///< of those
  Histogram<families::drain.buckets> drain;
  Histogram<families::high_water.buckets> high_water;
  Histogram<families::tcp_rtt.buckets> rtt;
  Histogram<families::tcp_min_rtt.buckets> min_rtt;
  Histogram<families::tcp_delivery_rate.buckets> delivery_rate;
  Histogram<families::tcp_retransmits.buckets> retransmits;

  /// Of a session that goes on, or of one that is about to end.
  enum class When : std::uint8_t { living, ending };
  void observe(const streams::TcpInfo& network, When when) noexcept;
};

/// Of its acceptor, on the first worker's thread.
struct AcceptorBlock {
  std::array<streams::Counter, refusal_words.size()> refused;
  streams::Counter limit_reached;
  streams::Counter limit_time;  ///< microseconds
  // Where the daemon measures:
  streams::Gauge waiting;
  streams::Gauge backlog;
};

class ListenerFigures {
 public:
  ListenerFigures(std::string name, std::size_t workers)
      : label_{"listener", std::move(name)}, of_(workers) {}
  ListenerFigures(const ListenerFigures&) = delete;
  ListenerFigures& operator=(const ListenerFigures&) = delete;

  const std::string& name() const noexcept { return label_.value; }
  WorkerBlock& of_worker(std::size_t worker) noexcept { return of_[worker]; }
  AcceptorBlock& acceptor() noexcept { return acceptor_; }

  void add_to(Registry& registry) const;
  /// What all of its samples have.
  const Label& label() const noexcept { return label_; }

 private:
  void add_worker_to(Registry& registry, const WorkerBlock& block) const;
  void add_measured_to(Registry& registry, const WorkerBlock& block) const;

  const Label label_;
  std::vector<WorkerBlock> of_;
  AcceptorBlock acceptor_;
};

}  // namespace server::insight
