#include "streams/closing.hpp"

#include <algorithm>

#include "streams/error.hpp"

namespace streams {

Closing::Closing(const Patience& patience, Clock::time_point now, const Moved& moved) noexcept
    : patience_(patience), last_progress_(now), moved_(moved) {}

Closing::Step Closing::flushed(Clock::time_point now) noexcept {
  if (state_ != State::flushing) return Step::wait;
  if (peer_ended_) return close({});
  state_ = State::discarding;
  last_progress_ = now;
  return Step::send_fin;
}

Closing::Step Closing::peer_ended() noexcept {
  peer_ended_ = true;
  return state_ == State::discarding ? close({}) : Step::wait;
}

Closing::Step Closing::overrun() noexcept {
  return is_over() ? Step::wait : reset(Error::limit_overrun);
}

Closing::Step Closing::failed(const std::error_code& error) noexcept {
  return is_over() ? Step::wait : reset(error);
}

Closing::Step Closing::look(Clock::time_point now, const Moved& moved) noexcept {
  if (is_over()) return Step::wait;
  const bool spoke = moved.received != moved_.received;
  const bool progress = spoke || moved.acknowledged != moved_.acknowledged ||
                        moved.unacknowledged < moved_.unacknowledged;
  moved_ = moved;
  if (spoke) patience_.quiet = Duration::zero();  // it was not idle
  if (progress) {
    last_progress_ = now;
    return Step::wait;
  }
  const auto still = now - last_progress_;
  if (state_ == State::flushing) {
    return still < patience_.flush ? Step::wait : reset(std::make_error_code(std::errc::timed_out));
  }
  const bool is_quiet = patience_.quiet > Duration::zero() && moved.unacknowledged == 0;
  if (is_quiet && still >= patience_.quiet) return close({});
  return still < patience_.timeout ? Step::wait : close(std::make_error_code(std::errc::timed_out));
}

Closing::Duration Closing::look_interval() const noexcept {
  constexpr Duration least{1};
  constexpr Duration most{250};
  if (patience_.quiet > Duration::zero()) return std::clamp(patience_.quiet / 2, least, most);
  return std::clamp(patience_.timeout / 4, least, most);
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
