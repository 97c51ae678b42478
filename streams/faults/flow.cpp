#include "streams/faults/flow.hpp"

#include <algorithm>

namespace faults {

Step Flow::next(std::string_view available, bool at_end, Time now) {
  if (now > waits_since_) waited_ += now - waits_since_;
  if (now > idle_since_) shaper_.was_idle(idle_since_, now);
  is_paced_ = false;
  Step step = decide(available, at_end, now);
  if (is_paced_) {
    idle_since_ = Time::max();
  } else if (!step.bytes.empty() || idle_since_ == Time::max()) {
    idle_since_ = now;
  }
  const bool waits = step.then == Then::wait || step.then == Then::stop_reading;
  step.is_for_ever = waits && wait_until_ == Time::max();
  // The pace of a rate or a slice is no wait: nobody is held up, but served slowly.
  const bool counts = (waits && !is_paced_) || (step.then == Then::more && holds_up(at_end));
  waits_since_ = counts ? now : Time::max();
  if (counts && shared_.bounds.time != no_end) {
    step.wait = std::min(step.wait, shared_.bounds.time - waited_);
  }
  if (direction_ == Direction::input && shared_.has_marks) {
    lines_passed_ += static_cast<std::uint64_t>(std::ranges::count(step.bytes, '\n'));
  }
  return step;
}

Step Flow::meanwhile(Time now) {
  while (!is_over_ && order_ == Then::go_on && act_in_time(now, Room::none)) {
  }
  if (!is_over_ && order_ != Then::go_on) return say_order();
  return wait_until(Then::more, Time::max(), now);
}

Step Flow::decide(std::string_view available, bool at_end, Time now) {
  for (;;) {
    if (is_over_) return {.take = available.size(), .then = Then::more};
    if (order_ != Then::go_on) return say_order();
    if (act_in_time(now)) continue;
    if (now < wait_until_ && !is_hurried()) return wait_until(wait_as_, wait_until_, now);
    if (now >= shaper_.held_until() || is_hurried()) shaper_.release();
    if (!shaper_.free().empty() || !supply_.empty()) return put_in(now);
    if (act(available, now)) continue;
    if (is_hurried() && reply_.holds()) {
      supply_.put(reply_.give_up());
      continue;
    }
    if (!available.empty()) return pass(available, now);
    if (!at_end) return wait_until(Then::more, shaper_.held_until(), now);
    if (!act_at_end(now)) return finish(now);
  }
}

std::size_t Flow::held() const noexcept {
  return shaper_.held_size() + supply_.text_left() + reply_.size() + range_.size();
}

Step Flow::say_order() noexcept {
  const Then then = std::exchange(order_, Then::go_on);
  is_over_ = then == Then::fin || then == Then::reset;
  if (then == Then::urgent) return {.bytes = {&urgent_, 1}, .then = then, .alone = true};
  return {.then = then};
}

/// Not longer than until something happens at its time.
Step Flow::wait_until(Then then, Time until, Time now) const noexcept {
  until = std::min(until, next_due(now));
  return {.then = then, .wait = until == Time::max() ? no_end : until - now};
}

Time Flow::next_due(Time now) const noexcept {
  Time first = Time::max();
  for (const Rule& rule : rules_) {
    if (rule.due > now && may_happen(rule)) first = std::min(first, rule.due);
  }
  return first;
}

void Flow::wait(Microseconds time, Then as, Time now) noexcept {
  wait_until_ = later(now, time);
  wait_as_ = as;
}

/// How many of `bytes` leave with the step, or are held back; with none the step is a wait.
std::size_t Flow::let_out(std::string_view bytes, Time now, Step& step) {
  if (shaper_.coalesces() && !is_hurried()) {
    const std::size_t size = std::min(bytes.size(), shaper_.room());
    shaper_.hold(bytes.substr(0, size), now);
    return size;
  }
  const std::size_t size = leave(bytes, now, step);
  step.alone = size != 0 && shaper_.cuts();
  return size;
}

/// How many of `bytes` leave with the step; with none the step is a wait for the shaper.
std::size_t Flow::leave(std::string_view bytes, Time now, Step& step) {
  if (is_hurried()) {
    step.bytes = bytes;
    return bytes.size();
  }
  const std::size_t size = shaper_.allowed(bytes.size(), now);
  is_paced_ = size == 0;
  if (is_paced_) {
    step = wait_until(Then::wait, shaper_.due(), now);
    return 0;
  }
  step.bytes = bytes.substr(0, size);
  shaper_.left(size, now);
  return size;
}

/// What does not come from `available`: what is held back no longer, then what is supplied.
Step Flow::put_in(Time now) {
  Step step;
  if (const std::string_view free = shaper_.free(); !free.empty()) {
    if (is_mute()) {
      shaper_.take_free(free.size());
      return step;
    }
    const std::size_t size = leave(free, now, step);
    if (size == 0) return step;
    step.alone = true;
    shaper_.take_free(size);
    return step;
  }
  const std::string_view piece = supply_.piece();
  const Duration every = supply_.every();
  const std::size_t size = is_mute() ? piece.size() : let_out(piece, now, step);
  if (size == 0) return step;
  supply_.take(size);
  if (every != Duration{} && !supply_.empty()) {
    wait_until_ = now + every;
    wait_as_ = Then::wait;
    step.alone = true;
  }
  return step;
}

Step Flow::pass(std::string_view available, Time now) {
  available = available.substr(0, limit(available));
  std::string_view bytes = available;
  if (mask_ != 0) {
    changed_ = static_cast<char>(available[0] ^ static_cast<char>(mask_));
    bytes = {&changed_, 1};
  }
  Step step;
  using Treatment = Reply::Treatment;
  const Treatment treatment = reply_.treatment();
  const bool is_kept = treatment == Treatment::record || treatment == Treatment::hold;
  if (is_kept) bytes = bytes.substr(0, reply_.room());
  const bool is_dropped = is_mute() || position_ < drop_until_ || treatment == Treatment::drop;
  std::size_t size = bytes.size();
  if (!is_dropped) {
    if (treatment != Treatment::hold) size = let_out(bytes, now, step);
    if (size == 0) return step;
    bytes = bytes.substr(0, size);
    if (is_kept) reply_.add(bytes);
    if (position_ < repeat_until_ && treatment != Treatment::hold) range_ += bytes;
  }
  mask_ = 0;
  step.take = size;
  advance(available.substr(0, size));
  return step;
}

/// How much of it is passed in the same way.
std::size_t Flow::limit(std::string_view available) const noexcept {
  std::uint64_t until = position_ + (mask_ != 0 ? 1 : line_limit(available));
  const auto stop_at = [this, &until](std::uint64_t where) {
    if (where > position_) until = std::min(until, where);
  };
  for (const Rule& rule : rules_) {
    if (rule.is_of_bytes()) stop_at(rule.next);
  }
  stop_at(drop_until_);
  stop_at(repeat_until_);
  if (!marks_.empty()) stop_at(marks_.front());
  return until - position_;
}

/// To the end of the line after which something happens.
std::size_t Flow::line_limit(std::string_view available) const noexcept {
  if (direction_ == Direction::output) return available.size();
  std::uint64_t stop = Rule::never;
  for (const Rule& rule : rules_) {
    if (!rule.is_of_lines() || rule.next == Rule::never) continue;
    stop = std::min(stop, std::max(rule.next - (rule.needs_something() ? 1 : 0), lines_ + 1));
  }
  std::size_t size = 0;
  for (std::uint64_t line = lines_; stop != Rule::never && line < stop; ++line) {
    const std::size_t end = available.find('\n', size);
    if (end == available.npos) return available.size();
    size = end + 1;
  }
  return stop == Rule::never ? available.size() : size;
}

void Flow::advance(std::string_view taken) noexcept {
  lines_before_last_ = lines_;
  position_ += taken.size();
  if (direction_ == Direction::output) return;
  const std::size_t last = taken.rfind('\n');
  if (last == taken.npos) return;
  lines_ += static_cast<std::uint64_t>(std::ranges::count(taken, '\n'));
  line_start_ = position_ - (taken.size() - last - 1);
}

Step Flow::finish(Time now) {
  if (ignores_end_ && !is_hurried()) return wait_until(Then::more, Time::max(), now);
  is_over_ = true;
  if (direction_ == Direction::input) {
    shared_.input_has_ended = true;
  } else if (shared_.has_marks && !shared_.input_has_ended) {
    // The protocol has left; how far its input was read ahead is a matter of time.
    shared_.input_counts = std::min(shared_.input_counts, lines_);
  }
  return {.then = Then::end};
}

std::uint64_t Flow::put_in_at_most(std::uint64_t size) noexcept {
  size = std::min(size, shared_.bounds.bytes - put_in_);
  put_in_ += size;
  return size;
}

void Flow::clear() {
  rules_.clear();
  shaper_.clear();
  supply_.stop_generating();
  const bool was_recorded = reply_.treatment() == Reply::Treatment::record;
  const std::string kept = reply_.give_up();
  if (!was_recorded) supply_.append(kept);
  range_.clear();
  repeat_until_ = 0;
  drop_until_ = 0;
  mask_ = 0;
  wait_until_ = Time::min();
  is_silent_ = false;
  ignores_end_ = false;
}

}  // namespace faults
