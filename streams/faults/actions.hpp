// The actions: what each is called, where it may happen, and where it does when nothing is said.
// Constants, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "streams/faults/fault.hpp"

namespace faults {

/// A set of kinds of places.
using Places = std::uint8_t;
constexpr Places one_of(Place::Kind kind) noexcept {
  return static_cast<Places>(1U << static_cast<unsigned>(kind));
}
template <class... Kinds>
constexpr Places places_of(Kinds... kinds) noexcept {
  return static_cast<Places>((0U | ... | one_of(kinds)));
}

struct ActionRow {
  Action action;
  std::string_view name;
  Places places;
  /// Whether it may be placed on the input, and on the output.
  bool of_input;
  bool of_output;
  /// Where it happens when no place is written.
  Place::Kind kind;

  constexpr bool takes(Place::Kind place) const noexcept { return (places & one_of(place)) != 0; }
};

namespace places {
using enum Place::Kind;
inline constexpr Places on_accept = places_of(accept);
inline constexpr Places at_end = places_of(end);
inline constexpr Places bytes = places_of(byte, every_size);
inline constexpr Places lines = places_of(line, every_line);
inline constexpr Places from_here = places_of(byte, line, time);
inline constexpr Places anywhere = places_of(byte, every_size, line, every_line, time);
}  // namespace places

/// In the order of Action.
inline constexpr std::array<ActionRow, action_count> actions{{
    {Action::delay, "delay", places::bytes | places::lines, true, true, Place::Kind::every_line},
    {Action::rate, "rate", places::from_here, true, true, Place::Kind::byte},
    {Action::slice, "slice", places::from_here, false, true, Place::Kind::byte},
    {Action::coalesce, "coalesce", places::from_here, false, true, Place::Kind::byte},
    {Action::stall, "stall", places::anywhere, true, true, Place::Kind::byte},
    {Action::stop_reading, "stop-reading", places::anywhere, true, false, Place::Kind::byte},
    {Action::half_close, "half-close", places::from_here, false, true, Place::Kind::byte},
    {Action::fin, "fin", places::from_here, true, true, Place::Kind::byte},
    {Action::reset, "reset", places::from_here, true, true, Place::Kind::byte},
    {Action::silent, "silent", places::on_accept, false, true, Place::Kind::accept},
    {Action::refuse, "refuse", places::on_accept, false, true, Place::Kind::accept},
    {Action::backlog_full, "backlog-full", places::on_accept, false, true, Place::Kind::accept},
    {Action::close, "close", places::on_accept, false, true, Place::Kind::accept},
    {Action::corrupt, "corrupt", places::bytes, true, true, Place::Kind::byte},
    {Action::drop, "drop", places::bytes, true, true, Place::Kind::byte},
    {Action::duplicate, "duplicate", places::bytes, true, true, Place::Kind::byte},
    {Action::insert, "insert", places::anywhere, true, true, Place::Kind::byte},
    {Action::swallow_reply, "swallow-reply", places::lines, false, true, Place::Kind::every_line},
    {Action::duplicate_reply, "duplicate-reply", places::lines, false, true,
     Place::Kind::every_line},
    {Action::reorder_reply, "reorder-reply", places::lines, false, true, Place::Kind::every_line},
    {Action::answer, "answer", places::lines, false, true, Place::Kind::every_line},
    {Action::slow_close, "slow-close", places::at_end, false, true, Place::Kind::end},
    {Action::ignore_fin, "ignore-fin", places::at_end, true, false, Place::Kind::end},
    {Action::urgent, "urgent", places::anywhere, false, true, Place::Kind::byte},
}};

constexpr const ActionRow& row_of(Action action) noexcept {
  return actions[static_cast<std::size_t>(action)];
}
static_assert([] {
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (actions[i].action != static_cast<Action>(i) || !actions[i].takes(actions[i].kind)) {
      return false;
    }
  }
  return true;
}());

/// The stream that is meant where none is written. A delay at lines holds up the lines themselves,
/// whether or not the protocol marks its replies.
constexpr Direction default_direction(Action action, Place::Kind kind) noexcept {
  if (!row_of(action).of_output) return Direction::input;
  const bool is_line = kind == Place::Kind::line || kind == Place::Kind::every_line;
  return action == Action::delay && is_line ? Direction::input : Direction::output;
}

}  // namespace faults
