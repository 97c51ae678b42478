// What a load run is asked to do: the command line, checked and in plain values. No logic.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/load/protocol.hpp"
#include "streams/address.hpp"

namespace client::load {

using Duration = std::chrono::nanoseconds;
/// The clock of a run: the kernel's CLOCK_MONOTONIC, which timerfd(2) knows too.
using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

enum class Arrival : std::uint8_t { constant, poisson };
inline constexpr std::array<std::string_view, 2> arrival_names{"constant", "poisson"};

/// Which connection a request of the open loop goes to: one that is free when it is due, or the one
/// that it is bound to in advance.
enum class Dispatch : std::uint8_t { free, fixed };
inline constexpr std::array<std::string_view, 2> dispatch_names{"free", "fixed"};

/// How a connection that has done its work is closed.
enum class Close : std::uint8_t {
  fin,
  reset  ///< leaves no port behind that waits (TIME_WAIT), and drops what is still on its way
};
inline constexpr std::array<std::string_view, 2> close_names{"fin", "reset"};

/// The message of each request.
struct Payload {
  std::size_t min_size = 64;  ///< bytes
  std::size_t max_size = 64;  ///< bytes; sizes between the two are drawn evenly
  std::string content;        ///< a file's bytes, sent instead of generated ones when not empty
  std::string line;           ///< a template for the line protocol: ECHO {seq} {random:32}
};

/// A rate for a while, then the next; a ramp goes from `from` to `to` evenly, a step has both the
/// same. Requests a second of all connections together.
struct RateStage {
  double from = 0;
  double to = 0;
  Duration time{0};

  /// How many are due in it.
  double requests() const noexcept {
    return (from + to) / 2 * std::chrono::duration<double>(time).count();
  }
};

/// A service that load is put on.
struct Target {
  streams::Address address;
  std::string name;  ///< as it was written
};

struct Plan {
  std::vector<Target> targets;                   ///< one or more; see target_of()
  const Protocol* protocol = protocols.front();  ///< never null

  std::size_t connections = 50;
  std::size_t pipeline = 1;       ///< requests in flight on each connection, closed loop
  std::vector<RateStage> stages;  ///< open loop when not empty; the last goes on to the end
  Arrival arrival = Arrival::constant;
  Dispatch dispatch = Dispatch::free;
  /// Requests a connection, which is closed then, and another is made for the next; 0 is no end.
  std::uint64_t churn = 0;
  Close close = Close::fin;

  Duration duration = std::chrono::seconds{10};
  std::optional<std::uint64_t> requests;    ///< stop after so many, whatever the duration
  std::optional<std::uint64_t> max_errors;  ///< more end the run
  std::optional<double> max_error_share;    ///< likewise, of the requests so far, 0 to 1
  /// Whether the run ends when nothing was answered for as long as connecting and a reply may take.
  bool end_when_gone = true;
  Duration warmup{0};  ///< before the measurement; not in the figures

  std::size_t threads = 1;
  /// Each thread has its own table of descriptors: where threads share one, the kernel counts
  /// references to a file, atomically, in each call of send and receive. Not in a process that
  /// serves or opens connections elsewhere: a copy of theirs would keep them open.
  bool own_descriptors = false;
  double connect_rate = 0;  ///< connections opened a second; 0 is no limit
  Duration connect_timeout = std::chrono::seconds{5};
  Duration reply_timeout = std::chrono::seconds{10};
  std::vector<std::string> bind;  ///< source addresses, taken in turn
  bool nodelay = true;
  std::chrono::microseconds busy_poll{0};
  /// How long before each request of the open loop a thread stops sleeping and spins; 0 is never.
  Duration awake_before_due{0};
  std::uint64_t seed = 1;
  Payload payload;
  bool verify = true;

  bool open_loop() const noexcept { return !stages.empty(); }
  /// Of the targets, the one that the connection with this number goes to: they take turns.
  std::size_t target_of(std::uint64_t connection) const noexcept {
    return targets.size() > 1 ? connection % targets.size() : 0;
  }
  /// What the stages take; the run may end earlier or later.
  Duration profile_time() const noexcept {
    Duration sum{0};
    for (const RateStage& stage : stages) sum += stage.time;
    return sum;
  }
};

}  // namespace client::load
