// Case: one question that doctor asks, a row of its group's table. A group is a file,
// `half_close.cpp`; all tables together are cases.hpp's. Plain values.
//
// To add one: a coroutine on a Bench in the file of its group, and a row. The coroutine returns
// what is worth knowing where all was well, often nothing, and throws Broken where the promise of
// the row was broken, and Unable where it cannot tell; expect.hpp throws them for it. What it waits
// for has a patience of its own, well below the row's bound.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "streams/task.hpp"

namespace client::doctor {

class Bench;

/// `3.2`: the second of the third group.
struct Number {
  unsigned group = 0;
  unsigned place = 0;
  auto operator<=>(const Number&) const = default;
};
inline std::string to_string(Number number) {
  return std::to_string(number.group) + '.' + std::to_string(number.place);
}

enum class Level : std::uint8_t { must, should, info };

/// What is examined. A case is for one or more of them.
enum class Way : std::uint8_t {
  echo = 1,     ///< a service that echoes
  line = 2,     ///< one of the line protocol
  through = 4,  ///< a proxy, with doctor behind it
  behind =
      8,  ///< a proxy, with an echolined behind it that echoes; what is for echo is for it, too
};
using Ways = unsigned;
constexpr Ways operator|(Way one, Way other) {
  return static_cast<Ways>(one) | static_cast<Ways>(other);
}
constexpr Ways only(Way way) { return static_cast<Ways>(way); }
constexpr bool includes(Ways ways, Way way) {
  const Ways asked = way == Way::behind ? Way::behind | Way::echo : only(way);
  return (ways & asked) != 0;
}
/// Whether there is a proxy.
constexpr bool has_proxy(Way way) { return way == Way::through || way == Way::behind; }

/// The promise of the case was broken: how, in a sentence without its stop.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// It cannot be told: why.
struct Unable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A connection does not come to be, although one came at the start: where a case does not wait for
/// just that, its promise is broken.
struct NoConnection : Unable {
  using Unable::Unable;
};

/// It is only played where an option asks for it: which.
struct NotAsked : Unable {
  using Unable::Unable;
};

struct Case {
  Number number;
  Level level;
  Ways ways;
  const char* what;    ///< what must be so, a sentence
  const char* why;     ///< whose trouble it is otherwise
  const char* source;  ///< where it is written
  /// How often it is tried: more than once where it depends on timing. --quick: quick_tries at
  /// most.
  unsigned tries;
  std::chrono::seconds bound;  ///< of one try
  streams::Task<std::string> (*run)(Bench& bench);
};
inline constexpr unsigned quick_tries = 5;

using CaseFunction = streams::Task<std::string> (*)(Bench& bench);

// Rows of a table.
constexpr Case must(Number number, Ways ways, const char* what, const char* why, const char* source,
                    unsigned tries, std::chrono::seconds bound, CaseFunction run) {
  return {number, Level::must, ways, what, why, source, tries, bound, run};
}
constexpr Case should(Number number, Ways ways, const char* what, const char* why,
                      const char* source, unsigned tries, std::chrono::seconds bound,
                      CaseFunction run) {
  return {number, Level::should, ways, what, why, source, tries, bound, run};
}
constexpr Case info(Number number, Ways ways, const char* what, const char* why, const char* source,
                    unsigned tries, std::chrono::seconds bound, CaseFunction run) {
  return {number, Level::info, ways, what, why, source, tries, bound, run};
}

/// FIN or RST that has not come for so long is withheld.
inline constexpr std::chrono::seconds withheld{2};
/// Where octets have not moved for so long nothing moves any more.
inline constexpr std::chrono::seconds deadlock{5};

}  // namespace client::doctor
