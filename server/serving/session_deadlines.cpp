// What a session does when the worker's sweep looks at it: it asks which of its deadlines have
// passed, and ends by them.
#include "server/serving/deadlines.hpp"
#include "server/serving/session.hpp"

namespace server::serving {

void Session::check(Clock::time_point now) noexcept {
  // One that nobody has asked to end is asked first, below.
  const bool is_asked = phase_ == Phase::close || cause_ != Cause::none;
  if (is_asked && is_beyond_all_time(limits(), now - started_)) {
    return abort(Cause::max_session_time);
  }
  if (phase_ == Phase::close) return check_closing(now);
  const bool is_ending = cause_ == Cause::closed || insight::is_limit(cause_);
  if (cause_ != Cause::none && !is_ending) return;
  if (progress() != progress_at_last_check_) {
    progress_at_last_check_ = progress();
    last_activity_ = now;
  }
  if (!is_ending) return check_serving(now);
  // Its protocol does not come to an end, most likely because the peer does not read.
  if (now - last_activity_ >= limits().close_timeout) abort(Cause::aborted);
}

void Session::check_serving(Clock::time_point now) noexcept {
  const bool is_unsent = writer().pending() != 0;
  Stage* const staged = stage();
  const auto line_waits = [this, staged, now] {
    return staged == nullptr ? reader().line_waits(now) : staged->line_waits(now);
  };
  const auto line = limits().line_timeout.count() == 0 ? Clock::duration{} : line_waits();
  const bool has_begun = limits().first_byte_timeout.count() == 0 || is_unsent || has_moved();
  const Cause cause = overdue(limits(), {now - started_, now - last_activity_, line, has_begun});
  if (cause != Cause::none) return end_by_limit(cause, now);
  if (limits().drain_timeout.count() == 0 || !is_unsent) return;
  const std::uint64_t moved = taken();
  Pace* const pace = sessions().paces.find(id_, Paces::Of::drain, moved, now);
  if (pace == nullptr || !pace->is_too_slow(moved, 1, limits().drain_timeout, now)) return;
  abort(Cause::drain_timeout);
}

void Session::check_closing(Clock::time_point now) noexcept {
  if (limits().min_close_rate == 0) return;
  const auto period = close_rate_period(limits());
  const std::uint64_t moved = transport().bytes_received() + taken();
  const std::uint64_t least =
      limits().min_close_rate * static_cast<std::uint64_t>(period.count()) / 1000;
  Pace* const pace = sessions().paces.find(id_, Paces::Of::close, moved, now);
  if (pace != nullptr && pace->is_too_slow(moved, least, period, now)) abort(Cause::min_close_rate);
}

// The peer is told why, where the words need neither wait for it to read nor take a buffer.
void Session::end_by_limit(Cause cause, Clock::time_point now) noexcept {
  // It has spoken, and nobody has had the time or the memory to listen.
  if (cause == Cause::first_byte_timeout && transport().unread() != 0) return;
  last_activity_ = now;
  protocols::Farewell* const farewell = protocol().farewell;
  const Stage* const staged = stage();
  const bool is_unsent = writer().pending() != 0 || (staged != nullptr && staged->unsent() != 0);
  const bool may_speak = staged == nullptr || !staged->is_mute();
  if (farewell != nullptr && !is_unsent && may_speak) send(farewell(cause));
  end(cause);
}

void Session::shed(Clock::time_point now) noexcept {
  const bool takes_nothing = phase_ == Phase::close || writer().pending() != 0;
  takes_nothing ? abort(Cause::max_memory) : end_by_limit(Cause::max_memory, now);
}

}  // namespace server::serving
