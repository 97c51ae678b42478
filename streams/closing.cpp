#include "streams/closing.hpp"

#include <algorithm>

#include "streams/error.hpp"

namespace streams {

Closing::Closing(const Patience& patience, Clock::time_point now, const Seen& seen) noexcept
    : patience_(patience), last_progress_(now), last_sign_(now), seen_(seen) {}

Closing::Step Closing::flushed(Clock::time_point now) noexcept {
  if (state_ != State::flushing) return Step::wait;
  if (peer_ended_) return close({});
  state_ = State::discarding;
  last_progress_ = last_sign_ = now;
  return Step::send_fin;
}

Closing::Step Closing::peer_ended() noexcept {
  peer_ended_ = true;
  return state_ == State::discarding ? close({}) : Step::wait;
}

Closing::Step Closing::overrun() noexcept {
  overrun_ = true;
  return Step::wait;
}

Closing::Step Closing::failed(const std::error_code& error) noexcept {
  return is_over() ? Step::wait : reset(error);
}

Closing::Step Closing::look(Clock::time_point now, const Seen& seen) noexcept {
  if (is_over()) return Step::wait;
  const bool progress = seen.received != seen_.received ||
                        seen.acknowledged != seen_.acknowledged ||
                        seen.unacknowledged < seen_.unacknowledged;
  seen_ = seen;
  if (progress) last_progress_ = now;
  if (progress || seen.no_room) last_sign_ = now;
  const bool has_all = state_ == State::discarding && seen.unacknowledged == 0;
  if (is_quiet(now, has_all)) return leave({});
  if (progress || is_patient(now)) return Step::wait;
  if (state_ == State::flushing) return reset(std::make_error_code(std::errc::timed_out));
  return leave(has_all ? std::error_code() : Error::unacknowledged);
}

bool Closing::is_quiet(Clock::time_point now, bool has_all) noexcept {
  if (!has_all || patience_.quiet == Duration::zero()) {
    quiet_expected_.reset();
    return false;
  }
  if (!quiet_expected_) quiet_expected_ = now;
  return now - last_progress_ >= patience_.quiet ||
         now - *quiet_expected_ >= most_quiets * patience_.quiet;
}

bool Closing::is_patient(Clock::time_point now) const noexcept {
  return now - last_sign_ < patience_.timeout &&
         now - last_progress_ < slow_reader * patience_.timeout;
}

Closing::Duration Closing::look_interval() const noexcept {
  constexpr Duration least{1};
  constexpr Duration most{250};
  if (patience_.quiet > Duration::zero()) return std::clamp(patience_.quiet / 2, least, most);
  return std::clamp(patience_.timeout / 4, least, most);
}

// Without the peer's FIN.
Closing::Step Closing::leave(const std::error_code& result) noexcept {
  return overrun_ ? reset(Error::limit_overrun) : close(result);
}

Closing::Step Closing::close(const std::error_code& result) noexcept {
  state_ = State::closed;
  result_ = result;
  return Step::close;
}

Closing::Step Closing::reset(const std::error_code& result) noexcept {
  state_ = State::reset;
  result_ = result;
  return Step::reset;
}

}  // namespace streams
