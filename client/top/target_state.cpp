#include "client/top/target_state.hpp"

namespace client::top {

void Tracker::answered(Snapshot snapshot, Time when) {
  TargetState state(state_.name);
  const bool has_rates = last_ && when > when_ && !has_restarted(*last_, snapshot);
  state.kind = last_ && !has_rates ? TargetState::Kind::restarted : TargetState::Kind::up;
  state.version = snapshot.version;
  state.uptime = snapshot.uptime;
  if (has_rates) state.interval = std::chrono::duration<double>(when - when_).count();
  const auto compare = [&state](const Figures* before, const Figures& now) {
    if (before == nullptr || !state.interval) return readings_of(now);
    return readings_of(*before, now, *state.interval);
  };
  state.readings = compare(last_ ? &last_->total : nullptr, snapshot.total);
  for (const auto& [name, now] : snapshot.listeners) {
    const Figures* before = nullptr;
    if (last_) {
      const auto found = last_->listeners.find(name);
      if (found != last_->listeners.end()) before = &found->second;
    }
    state.listeners.emplace(name, compare(before, now));
  }
  state_ = std::move(state);
  last_ = std::move(snapshot);
  when_ = when;
}

void Tracker::failed(std::string why) {
  TargetState state(state_.name);
  state.kind = TargetState::Kind::down;
  state.error = std::move(why);
  state_ = std::move(state);
}

}  // namespace client::top
