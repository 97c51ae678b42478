// What a load run has found: written by the run, read by every report. Plain values.
//
// Two latencies. Service time runs from the moment a request was handed to the kernel to its whole
// reply. Response time runs from the moment it was meant to be sent, and so counts the time that a
// late generator or a stalled connection made it wait (no coordinated omission); only the open loop
// knows it.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/load/plan.hpp"
#include "client/measure/histogram.hpp"

namespace client::load {

enum class ErrorKind : std::uint8_t {
  connect,   ///< a connection could not be made within the time for it
  reset,     ///< the peer reset the connection
  closed,    ///< the peer ended the connection with requests unanswered
  timeout,   ///< no reply in time
  mismatch,  ///< a reply that differs from what was sent: changed, lost, doubled or out of order
  other
};
inline constexpr std::array<std::string_view, 6> error_kind_names{"connect", "reset",    "closed",
                                                                  "timeout", "mismatch", "other"};

struct ErrorCounts {
  std::array<std::uint64_t, error_kind_names.size()> of{};

  std::uint64_t& operator[](ErrorKind kind) { return of[static_cast<std::size_t>(kind)]; }
  std::uint64_t operator[](ErrorKind kind) const { return of[static_cast<std::size_t>(kind)]; }
  std::uint64_t total() const noexcept {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : of) sum += count;
    return sum;
  }
  void add(const ErrorCounts& other) noexcept {
    for (std::size_t i = 0; i < of.size(); ++i) of[i] += other.of[i];
  }
};

/// The first bytes of a reply that were not what they had to be.
struct Mismatch {
  std::uint64_t connection = 0;
  std::uint64_t sequence = 0;  ///< of the request on its connection, from 0
  std::uint64_t offset = 0;    ///< in the reply, bytes
  std::string expected;        ///< some bytes from the offset on, raw
  std::string got;
  /// The request of the same connection whose reply this is instead, where the bytes tell: replies
  /// were lost, doubled or exchanged.
  std::optional<std::uint64_t> got_sequence;
};

/// The figures of a stretch of time: of a second for those who watch, of the whole run at the end.
///
/// A request belongs to the measurement when it was sent in it, or in the open loop due in it; the
/// run waits for the last reply, and `length` includes that. Errors are counted from the first
/// connect on, those of the warm-up as well: none is passed over in silence.
struct Figures {
  Duration start{0};   ///< since the measurement's start
  Duration length{0};  ///< of the stretch
  /// Answered, and as they had to be. For discard, messages handed over; for chargen, lines that
  /// came.
  std::uint64_t requests = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_active = 0;  ///< at the end of the stretch
  ErrorCounts errors;
  measure::Histogram service;
  measure::Histogram response;  ///< empty in the closed loop

  double rate() const noexcept {
    const double seconds = std::chrono::duration<double>(length).count();
    return seconds > 0 ? static_cast<double>(requests) / seconds : 0;
  }
  /// Adds the counts of `part`; start and length are left as they are.
  void add(const Figures& part) {
    requests += part.requests;
    bytes_sent += part.bytes_sent;
    bytes_received += part.bytes_received;
    connections_opened += part.connections_opened;
    connections_active += part.connections_active;
    errors.add(part.errors);
    service.add(part.service);
    response.add(part.response);
  }
  /// Empties it for another stretch; the histograms keep their memory.
  void reset() noexcept {
    start = length = Duration::zero();
    requests = bytes_sent = bytes_received = 0;
    connections_opened = connections_active = 0;
    errors = {};
    service.reset();
    response.reset();
  }
};

/// How the generator itself did. Its own slowness must not pass for the service's.
struct Health {
  measure::Histogram lag;            ///< how late the open loop sent what was due
  std::vector<double> thread_busy;   ///< CPU time over elapsed time, 0 to 1, of each thread
  std::vector<std::string> invalid;  ///< why the figures are not the service's, and what to change
};

struct Results {
  Plan plan;
  std::string version;
  std::chrono::system_clock::time_point started;  ///< of the measurement, after the warm-up
  Figures total;
  double asked_rate = 0;  ///< the average of the plan's stages over the run; 0 in the closed loop
  measure::Histogram connect;        ///< times to connect, of the warm-up as well
  std::vector<Mismatch> mismatches;  ///< the first few
  Health health;
  /// Open loop: due before the end and not sent by then, because earlier ones were not answered.
  /// How long they had waited is in the response times, which would look better without them.
  std::uint64_t unsent = 0;
  /// The first error of each kind in words, of those that have more to say than their kind.
  std::array<std::string, error_kind_names.size()> error_examples;
  std::vector<std::string> notes;  ///< sentences on how to read the figures; they remain valid
  bool interrupted = false;

  bool valid() const noexcept { return health.invalid.empty(); }
};

}  // namespace client::load
