// TargetState: what is known of a target, for the screen and for scripts. Tracker makes it of one
// answer after the other. Values; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "client/top/readings.hpp"
#include "client/top/snapshot.hpp"

namespace client::top {

/// What it says of itself, version and names of listeners, is bytes of any kind.
struct TargetState {
  enum class Kind : std::uint8_t {
    unasked,    ///< no answer yet, and no failure
    up,         ///< it has answered
    restarted,  ///< it has, and was started since the answer before: no rates
    down        ///< it has not: see error
  };

  TargetState() = default;
  explicit TargetState(std::string target) : name(std::move(target)) {}

  std::string name;  ///< as it was written
  Kind kind = Kind::unasked;
  std::string error;  ///< of one that is down, for people
  std::string version;
  std::optional<double> uptime;    ///< seconds
  std::optional<double> interval;  ///< seconds between the answers that the rates are of
  Readings readings;
  std::map<std::string, Readings> listeners;
};

class Tracker {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Tracker(std::string target) : state_(std::move(target)) {}

  const TargetState& state() const noexcept { return state_; }
  /// It answered with this, at this time. Rates are of the time since the last answer, however many
  /// failures lie between.
  void answered(Snapshot snapshot, Time when);
  void failed(std::string why);

 private:
  TargetState state_;
  std::optional<Snapshot> last_;
  Time when_;
};

}  // namespace client::top
