// A Fault: one way in which a connection goes wrong on purpose, and where: an action, a place, a
// chance and a scope. Plain values, any thread. How one is written stands in grammar.hpp, what it
// does in script.hpp.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace faults {

using Microseconds = std::chrono::microseconds;

enum class Action : std::uint8_t {
  delay,
  rate,
  slice,
  coalesce,
  stall,
  stop_reading,
  half_close,
  fin,
  reset,
  silent,
  refuse,
  backlog_full,
  close,
  corrupt,
  drop,
  duplicate,
  insert,
  swallow_reply,
  duplicate_reply,
  reorder_reply,
  answer,
  slow_close,
  ignore_fin,
  urgent
};
inline constexpr std::size_t action_count = 24;

/// As it is written: "stop-reading". Static.
std::string_view word(Action action) noexcept;

/// Which of a connection's two streams: what the peer sends, or what it is sent.
enum class Direction : std::uint8_t { input, output };

/// Parts of a share or a chance: 100 %.
inline constexpr std::uint64_t whole = 1'000'000'000;
/// Instead of a time: no end.
inline constexpr Microseconds forever = Microseconds::max();
/// The longest time that may be written.
inline constexpr Microseconds longest = std::chrono::hours(24);

/// Where a fault happens. Bytes and lines are counted before any fault has changed them.
struct Place {
  enum class Kind : std::uint8_t {
    accept,      ///< before the first byte
    byte,        ///< before the byte `n`, which counts from 0
    every_size,  ///< before every n-th byte: n, 2n, 3n ...
    line,        ///< at the line `n`, which counts from 1, or at its reply
    every_line,  ///< at every line, or at its reply
    time,        ///< `n` microseconds after the connection was made
    end          ///< where the stream ends
  };
  Kind kind = Kind::byte;
  /// Lines are lines of the input. With `output`, what happens at a line happens at its reply.
  Direction of = Direction::output;
  std::uint64_t n = 0;

  bool operator==(const Place&) const = default;
};

/// Which connections have it; drawn or counted once for each connection.
struct Scope {
  enum class Kind : std::uint8_t {
    all,
    first,  ///< the first `n` of each source
    every,  ///< every n-th of the listener
    share   ///< `n` parts of `whole`
  };
  Kind kind = Kind::all;
  std::uint64_t n = 0;

  bool operator==(const Scope&) const = default;
};

/// One of several times, and how often it is that one.
struct Weighted {
  Microseconds time{};
  std::uint64_t share = whole;  ///< parts of `whole`; those of a fault add up to it

  bool operator==(const Weighted&) const = default;
};

struct Fault {
  Action action = Action::delay;
  Place place;
  std::uint64_t chance = whole;  ///< of each hit of the place, in parts of `whole`
  Scope scope;

  // What the action takes; 0 and empty where it takes none.
  /// Bytes of slice, coalesce, drop, duplicate and insert, bytes a second of rate, what corrupt
  /// XORs with, what urgent sends.
  std::uint64_t size = 0;
  /// Of stall, stop-reading, refuse, backlog-full, slow-close; the mean of a normal delay; between
  /// the pieces of slice and the bytes of insert; the most that coalesce holds bytes back.
  Microseconds time{};
  Microseconds deviation{};     ///< of a normal delay; else 0
  std::vector<Weighted> times;  ///< of delay, unless it is normal
  std::string text;             ///< of answer, as it is sent

  bool operator==(const Fault&) const = default;
};

/// What a stream of a connection may hold back for its faults, in bytes.
inline constexpr std::uint64_t max_coalesced = 32 * 1024;
inline constexpr std::uint64_t max_duplicated = 16 * 1024;  ///< of a range
inline constexpr std::uint64_t max_reply =
    16 * 1024;  ///< of one that changes places or comes twice

/// Whether it ends the stream's part of the connection, so that nothing of it follows.
constexpr bool is_terminal(Action action) noexcept {
  return action == Action::fin || action == Action::reset;
}
/// Whether it is done to a whole reply.
constexpr bool is_of_reply(Action action) noexcept {
  return action >= Action::swallow_reply && action <= Action::answer;
}

}  // namespace faults
