// Rule: a fault that is in force on one stream of one connection, and where it happens next. A
// value of its Flow.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "streams/faults/fault.hpp"
#include "streams/faults/step.hpp"

namespace faults {

/// How far a connection has come: its four counts.
struct Here {
  std::uint64_t input = 0;   ///< bytes
  std::uint64_t output = 0;  ///< bytes: of the protocol what it has written
  std::uint64_t line = 0;    ///< lines of the input that are over
  std::uint64_t reply = 0;   ///< replies that have ended
};

struct Rule {
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  Fault fault;
  std::uint64_t index = 0;  ///< in the plan
  std::uint64_t hits = 0;   ///< so far, met or not
  std::uint64_t first = 0;  ///< the byte or line of the first hit, or never
  std::uint64_t next = 0;   ///< the byte or line of the next hit, or never
  Time due = Time::max();   ///< when, of a place that is a time

  bool is_of(Place::Kind kind) const noexcept { return fault.place.kind == kind; }
  bool is_of_bytes() const noexcept {
    return is_of(Place::Kind::byte) || is_of(Place::Kind::every_size);
  }
  bool is_of_lines() const noexcept {
    return is_of(Place::Kind::line) || is_of(Place::Kind::every_line);
  }
  /// Whether it happens to something that is there, a byte or a line, and not between two.
  bool needs_something() const noexcept {
    const Action action = fault.action;
    return action == Action::delay || action == Action::corrupt || action == Action::drop ||
           action == Action::duplicate || is_of_reply(action);
  }
  /// Whether it only changes what passes: what was before it need not have left.
  bool is_of_passing() const noexcept {
    const Action action = fault.action;
    return action == Action::corrupt || action == Action::drop || action == Action::duplicate ||
           action == Action::insert || is_of_reply(action);
  }
  /// Whether it goes on once its place was hit.
  bool lasts() const noexcept {
    return fault.action == Action::rate || fault.action == Action::slice ||
           fault.action == Action::coalesce;
  }
  bool is_over() const noexcept { return next == never && due == Time::max(); }
  /// Whether its one place is behind these. Whether it has happened there yet is another question,
  /// whose answer depends on how the bytes came.
  bool is_behind(const Here& at) const noexcept {
    if (lasts()) return false;
    if (is_of(Place::Kind::byte)) return first < byte_of(at);
    if (is_of(Place::Kind::line)) return first <= line_of(at);
    return is_over();
  }

  /// Where it happens first, counted from `from` and `now`, for a stream that is at `position`.
  void begin(const Here& from, std::uint64_t position, Time now) noexcept {
    const std::uint64_t n = fault.place.n;
    const std::uint64_t byte = byte_of(from);
    const std::uint64_t line = line_of(from);
    next = never;
    due = Time::max();
    switch (fault.place.kind) {
      case Place::Kind::byte: next = byte + n; break;
      case Place::Kind::every_size:
        next = byte + n;
        if (next < position) next += (position - next + n - 1) / n * n;
        break;
      case Place::Kind::line: next = line + n; break;
      case Place::Kind::every_line: next = line + 1; break;
      case Place::Kind::time: due = now + Microseconds(static_cast<Microseconds::rep>(n)); break;
      case Place::Kind::end: next = 0; break;
      case Place::Kind::accept: break;
    }
    first = next;
  }
  /// It was hit.
  void advance() noexcept {
    ++hits;
    due = Time::max();
    next = is_of(Place::Kind::every_size)   ? next + fault.place.n
           : is_of(Place::Kind::every_line) ? next + 1
                                            : never;
  }

 private:
  bool is_of_input() const noexcept { return fault.place.of == Direction::input; }
  std::uint64_t byte_of(const Here& at) const noexcept {
    return is_of_input() ? at.input : at.output;
  }
  std::uint64_t line_of(const Here& at) const noexcept {
    return is_of_input() ? at.line : at.reply;
  }
};

}  // namespace faults
