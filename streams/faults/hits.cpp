// What happens on a Flow, and where: the half of it that does not move bytes.
#include <algorithm>
#include <utility>

#include "streams/faults/flow.hpp"

namespace faults {

using Treatment = Reply::Treatment;

bool Flow::act(std::string_view available, Time now) {
  if (repeat_until_ != 0 && position_ >= repeat_until_) {
    repeat_until_ = 0;
    supply_.put(std::exchange(range_, {}));
    return true;
  }
  const bool reply_over = reply_is_over();
  if (is_mute()) {
    if (reply_over) end_reply();
    return reply_over;
  }
  Rule* rule = due_between();
  if (rule == nullptr && (reply_over || !available.empty())) rule = due_at_something(!reply_over);
  if (rule != nullptr) {
    if (!rule->is_of_passing() && shaper_.holds()) {
      shaper_.release();
    } else {
      hit(*rule, now);
    }
    return true;
  }
  if (reply_over) {
    end_reply();
    return true;
  }
  const bool is_kept =
      reply_.treatment() == Treatment::record || reply_.treatment() == Treatment::hold;
  if (available.empty() || !is_kept || reply_.room() != 0) return false;
  // It is too long to be kept, and goes on as it is.
  const bool was_held = reply_.treatment() == Treatment::hold;
  std::string bytes = reply_.give_up();
  if (was_held) supply_.put(std::move(bytes));
  return true;
}

/// What follows on the byte before, then on the line before.
Rule* Flow::due_between() noexcept {
  for (Rule& rule : rules_) {
    if (rule.is_of_bytes() && !rule.needs_something() && rule.next <= position_) return &rule;
  }
  for (Rule& rule : rules_) {
    if (rule.is_of_lines() && !rule.needs_something() && rule.next <= lines_) return &rule;
  }
  return nullptr;
}

/// What is done to the next byte, or to the line that begins here.
Rule* Flow::due_at_something(bool has_bytes) noexcept {
  for (Rule& rule : rules_) {
    if (!rule.needs_something()) continue;
    if (rule.is_of_bytes() && has_bytes && rule.next <= position_) return &rule;
    if (rule.is_of_lines() && line_start_ == position_ && rule.next <= lines_ + 1) return &rule;
  }
  return nullptr;
}

bool Flow::act_in_time(Time now, Room room) {
  const bool may_insert = room == Room::some && supply_.empty();
  for (Rule& rule : rules_) {
    if (rule.due > now || !may_happen(rule)) continue;
    if (rule.fault.action == Action::insert && !may_insert) continue;
    hit(rule, now);
    return true;
  }
  return false;
}

bool Flow::act_at_end(Time now) {
  if (repeat_until_ != 0) {
    repeat_until_ = 0;
    supply_.put(std::exchange(range_, {}));
    return true;
  }
  if (reply_.size() != 0) {
    const bool was_recorded = reply_.treatment() == Treatment::record;
    std::string bytes = reply_.give_up();
    if (!was_recorded && !is_mute()) supply_.put(std::move(bytes));
    return true;
  }
  if (shaper_.holds()) {
    shaper_.release();
    return true;
  }
  for (Rule& rule : rules_) {
    if (!rule.is_of(Place::Kind::end) || rule.is_over()) continue;
    hit(rule, now);
    return true;
  }
  return false;
}

void Flow::hit(Rule& rule, Time now) {
  Draw draw(shared_.who, rule.index, rule.hits);
  const std::uint64_t at = rule.is_of_lines() ? rule.next : position_;
  rule.advance();
  if (draw.happens(rule.fault.chance)) carry_out(rule, draw, at, now);
}

void Flow::carry_out(const Rule& rule, Draw& draw, std::uint64_t at, Time now) {
  const Fault& fault = rule.fault;
  switch (fault.action) {
    case Action::delay: wait(draw.delay(fault), Then::wait, now); break;
    case Action::rate: shaper_.limit(fault.size, now); break;
    case Action::slice:
      shaper_.cut(fault.size, std::min<Duration>(fault.time, shared_.bounds.time));
      break;
    case Action::coalesce:
      shaper_.coalesce(fault.size, fault.time == forever ? no_end : Duration(fault.time));
      break;
    case Action::stall:
    case Action::slow_close: wait(fault.time, Then::wait, now); break;
    case Action::stop_reading: wait(fault.time, Then::stop_reading, now); break;
    case Action::half_close:
      is_half_closed_ = true;
      order_ = Then::half_close;
      break;
    case Action::fin: end_connection(rule, Then::fin); break;
    case Action::reset: end_connection(rule, Then::reset); break;
    case Action::corrupt: mask_ = static_cast<unsigned char>(mask_ ^ fault.size); break;
    case Action::drop: drop_until_ = std::max(drop_until_, position_ + fault.size); break;
    case Action::duplicate:
      if (repeat_until_ != 0) return;
      repeat_until_ = position_ + put_in_at_most(fault.size);
      if (repeat_until_ != position_) break;
      repeat_until_ = 0;
      return;
    case Action::insert: {
      if (shared_.is_hurried) return;
      const std::uint64_t size = put_in_at_most(fault.size);
      if (size == 0) return;
      supply_.generate(size, fault.time);
      break;
    }
    case Action::swallow_reply:
    case Action::duplicate_reply:
    case Action::reorder_reply:
    case Action::answer:
      if (treat_reply(rule, at)) break;
      return;
    case Action::ignore_fin: ignores_end_ = true; break;
    case Action::urgent:
      urgent_ = static_cast<char>(fault.size);
      order_ = Then::urgent;
      break;
    case Action::silent:
    case Action::refuse:
    case Action::backlog_full:
    case Action::close: return;
  }
  note(rule, at);
}

/// Whether it is met already: what needs all of the reply is noted at its end.
bool Flow::treat_reply(const Rule& rule, std::uint64_t at) {
  const Action action = rule.fault.action;
  const Treatment treatment = action == Action::duplicate_reply ? Treatment::record
                              : action == Action::reorder_reply ? Treatment::hold
                                                                : Treatment::drop;
  if (!reply_.may(treatment)) return false;
  reply_.begin(treatment, at);
  if (action == Action::answer) {
    supply_.put(rule.fault.text.ends_with('\n') ? rule.fault.text : rule.fault.text + "\r\n");
  }
  return treatment == Treatment::drop;
}

void Flow::end_reply() {
  const bool is_repeated = reply_.treatment() == Treatment::record;
  const bool is_passed = reply_.is_kept();
  const std::uint64_t number = reply_.number();
  marks_.pop();
  reply_.end();
  std::string bytes;
  if (is_repeated || is_passed) bytes = reply_.give_up();
  const bool is_left_out = is_repeated && put_in_at_most(bytes.size()) < bytes.size();
  if ((is_repeated || is_passed) && !is_left_out && !is_mute()) {
    note({is_repeated ? Action::duplicate_reply : Action::reorder_reply, Encounter::Where::reply,
          number});
    supply_.put(std::move(bytes));
  }
  ++lines_;
  line_start_ = position_;
}

/// What was met on the other stream counts no further than must have been by now.
void Flow::end_connection(const Rule& rule, Then then) {
  order_ = then;
  if (rule.is_of(Place::Kind::time)) return;
  if (direction_ == Direction::input) {
    shared_.output_counts = 0;
  } else {
    const bool is_known = shared_.has_marks && position_ != 0;
    shared_.input_counts = std::min(shared_.input_counts, is_known ? lines_before_last_ + 1 : 0);
  }
}

void Flow::note(const Rule& rule, std::uint64_t at) {
  using Where = Encounter::Where;
  const bool is_input = direction_ == Direction::input;
  if (rule.is_of(Place::Kind::time)) {
    note({rule.fault.action, Where::time, rule.fault.place.n});
  } else if (rule.is_of(Place::Kind::end)) {
    note({rule.fault.action, Where::end, 0});
  } else if (rule.is_of_lines()) {
    note({rule.fault.action, is_input ? Where::line : Where::reply, at});
  } else {
    note({rule.fault.action, is_input ? Where::input : Where::output, at});
  }
}

void Flow::note(const Encounter& met) {
  ++shared_.counts[static_cast<std::size_t>(met.action)];
  if (met.where != Encounter::Where::time) {
    return log_.add(met, (direction_ == Direction::input ? lines_passed_ : lines_) + 1);
  }
  ++shared_.timed_count;
  if (shared_.timed.size() < Log::max_shown) shared_.timed.push_back(met);
}

}  // namespace faults
