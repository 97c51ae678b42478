// What a load run has found: written by the run, read by every report. Plain values.
//
// Two latencies. Service time runs from the moment a request was handed to the kernel to its whole
// reply. Response time runs from the moment it was meant to be sent, and so counts the time that a
// late generator or a stalled connection made it wait (no coordinated omission); only the open loop
// knows it.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/load/account.hpp"
#include "client/load/availability.hpp"
#include "client/load/plan.hpp"
#include "client/load/surroundings.hpp"
#include "client/load/thread_usage.hpp"
#include "client/measure/histogram.hpp"

namespace client::load {

/// The first bytes of a reply that were not what they had to be.
struct Mismatch {
  std::uint64_t connection = 0;
  std::uint64_t sequence = 0;  ///< of the request on its connection, from 0
  std::uint64_t offset = 0;    ///< in the reply, bytes
  std::string expected;        ///< some bytes from the offset on, raw
  std::string pattern;         ///< instead: an expression that had to be in the reply
  bool is_greeting = false;    ///< of the connection, not the reply to a request
  std::string got;
  /// The request of the same connection whose reply this is instead, where the bytes tell: replies
  /// were lost, doubled or exchanged.
  std::optional<std::uint64_t> got_sequence;
};

inline double per_second(double count, Duration time) noexcept {
  const double seconds = std::chrono::duration<double>(time).count();
  return seconds > 0 ? count / seconds : 0;
}

/// The figures of a stretch of time: of a second for those who watch, of the whole run at the end.
///
/// A request belongs to the measurement when it was begun in it, or in the open loop due in it; the
/// run waits for the last reply, and `length` includes that. A stretch counts what was offered in
/// it and what was answered or failed in it, so the account of one that ends in the midst of
/// requests is only balanced by the next ones.
struct Figures : Account {
  Duration start{0};   ///< since the measurement's start
  Duration length{0};  ///< of the stretch
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_active = 0;  ///< at the end of the stretch
  std::uint64_t connects_failed = 0;     ///< attempts, of the warm-up as well
  std::uint64_t under_way = 0;           ///< requests at the end of the stretch
  /// Both have also the requests that failed, with the time that was waited for them, and the
  /// response times those that were never sent.
  measure::Histogram service;
  measure::Histogram response;  ///< empty in the closed loop

  /// Requests answered, a second.
  double rate() const noexcept { return per_second(static_cast<double>(answered), length); }
  /// Adds the counts of `part`; start and length are left as they are.
  void add(const Figures& part) {
    Account::add(part);
    bytes_sent += part.bytes_sent;
    bytes_received += part.bytes_received;
    connections_opened += part.connections_opened;
    connections_active += part.connections_active;
    connects_failed += part.connects_failed;
    under_way += part.under_way;
    service.add(part.service);
    response.add(part.response);
  }
  /// Empties it for another stretch; the histograms keep their memory.
  void reset() noexcept {
    start = length = Duration::zero();
    static_cast<Account&>(*this) = {};
    bytes_sent = bytes_received = 0;
    connections_opened = connections_active = connects_failed = under_way = 0;
    service.reset();
    response.reset();
  }
};

/// Some of a run's requests by themselves.
struct Part : Account {
  measure::Histogram times;  ///< response times, in the closed loop service times

  void add(const Part& part) {
    Account::add(part);
    times.add(part.times);
  }
};

/// Those that were due in a stage of the profile.
struct StagePart : Part {
  Duration start{0};   ///< since the measurement's start
  Duration length{0};  ///< as much of it as the run did
};

/// Those that went to a target, or for which no connection to it could be made.
struct TargetPart : Part {
  std::uint64_t connects_failed = 0;  ///< attempts, of the warm-up as well
  std::vector<Outage> outages;        ///< of the target, whatever the others did
};

/// The second in which most was answered.
struct Peak {
  double rate = 0;    ///< answered, a second
  Duration start{0};  ///< since the measurement's start
};

/// How the generator itself did, and what it had around it. Its own slowness must not pass for the
/// service's.
struct Health {
  measure::Histogram lag;  ///< how long after it was due a request of the open loop left
  /// How late the generator was with what was due, before it waited for any connection: of that
  /// lag its own part.
  measure::Histogram own_lag;
  std::vector<ThreadLoad> threads;
  Standstills standstills;  ///< of the thread that had the most of it
  Surroundings surroundings;
  std::uint64_t out_of_ports = 0;     ///< attempts to connect that found no local port
  std::vector<std::string> invalid;   ///< why the figures are not the service's, and what to change
  std::vector<std::string> commands;  ///< for a shell: they do what a note or `invalid` advises

  /// The largest share of its time that any thread worked.
  double busiest() const noexcept {
    double most = 0;
    for (const ThreadLoad& thread : threads) most = std::max(most, thread.worked());
    return most;
  }
  /// The largest share of its time that any thread was ready to run, and did not.
  double most_waiting() const noexcept {
    double most = 0;
    for (const ThreadLoad& thread : threads) most = std::max(most, thread.waited);
    return most;
  }
};

/// Replies that did not come in one piece. Of one that did, the first byte and the last have the
/// same time.
struct Pieced {
  measure::Histogram first_byte;  ///< from the moment each was sent
  measure::Histogram service;     ///< to the last byte, of the same ones
};

/// The service times of requests that came back with a stamp, in two parts.
struct Stamped {
  measure::Histogram server;  ///< from the server's read of the request to its writing of the reply
  measure::Histogram way;     ///< the rest: the way there and the way back
  std::uint64_t longer = 0;   ///< the server says that it had them for longer than they took

  void record(Duration service, Duration in_server) noexcept {
    server.record(in_server);
    way.record(service - in_server);
    if (in_server > service) ++longer;
  }
  void add(const Stamped& part) noexcept {
    server.add(part.server);
    way.add(part.way);
    longer += part.longer;
  }
};

/// What the kernel has told of the TCP connections at their end (TCP_INFO of tcp(7)), since they
/// were made and so of the warm-up as well. With --churn of some of them.
struct Network {
  measure::Histogram rtt;  ///< smoothed, of each connection
  Duration min_rtt{0};     ///< of all; 0 when it is not known
  std::uint64_t segments_sent = 0;
  std::uint64_t retransmits = 0;  ///< of those

  void add(const Network& part) {
    rtt.add(part.rtt);
    add_min(part.min_rtt);
    segments_sent += part.segments_sent;
    retransmits += part.retransmits;
  }
  void add_min(Duration time) noexcept {
    if (time.count() != 0 && (min_rtt.count() == 0 || time < min_rtt)) min_rtt = time;
  }
};

/// Each over its own time: requests are offered for as long as the plan says, and answered until
/// the last reply has come.
struct Rates {
  double offered = 0;
  double sent = 0;
  double answered = 0;
};

struct Results {
  Plan plan;
  std::string version;
  std::chrono::system_clock::time_point started;  ///< of the measurement, after the warm-up
  Figures total;
  Rates rates;
  /// Of each stage that had begun by the end; empty where the plan has one stage or none.
  std::vector<StagePart> stages;
  /// In the order of the plan's targets; empty where there is one. Requests that were never sent
  /// went to none of them.
  std::vector<TargetPart> targets;
  std::optional<Peak> peak;  ///< unless the run was too short to have one
  double asked_rate = 0;  ///< the average of the plan's stages over the run; 0 in the closed loop
  measure::Histogram connect;  ///< times to connect, of the warm-up as well
  /// From the moment a request was sent to the first byte of its reply, or to its failure; empty
  /// where it is the service time, because all replies came in one piece.
  measure::Histogram first_byte;
  Stamped stamped;  ///< empty unless the plan has stamps
  Network network;
  std::vector<Mismatch> mismatches;  ///< the first few
  Health health;
  /// The first error of each kind in words, of those that have more to say than their kind.
  std::array<std::string, error_kinds.size()> error_examples;
  /// Errors that belong to no request of the measurement: those of the warm-up, a connection that
  /// broke while it was idle, a reply that nobody asked for.
  ErrorCounts other_errors;
  std::vector<Outage> outages;  ///< in which nothing was answered and something failed, from 1 s on
  std::string ended_early;      ///< why the run did not go on to its end; empty if it did
  std::vector<std::string> notes;  ///< sentences on how to read the figures; they remain valid
  bool interrupted = false;

  /// The share of the measurement without an outage, 0 to 1.
  double availability() const noexcept {
    Duration gone{0};
    for (const Outage& outage : outages) gone += outage.length;
    if (total.length <= Duration::zero()) return 1;
    return 1 - static_cast<double>(gone.count()) / static_cast<double>(total.length.count());
  }
  bool valid() const noexcept { return health.invalid.empty(); }
};

}  // namespace client::load
