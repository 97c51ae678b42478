// Log: what was met of the faults of one stream, in the order of its bytes: the first of it, how
// much it is, and a digest of all. Bounded, whatever comes. For one connection, on its thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "streams/faults/fault.hpp"

namespace faults {

/// One fault that was met.
struct Encounter {
  enum class Where : std::uint8_t { accept, input, output, line, reply, time, end };

  Action action = Action::delay;
  Where where = Where::accept;
  std::uint64_t n = 0;  ///< the offset, the line, or microseconds
};

class Log {
 public:
  static constexpr std::size_t max_shown = 32;

  /// What of it counts.
  struct Sum {
    std::uint64_t count = 0;
    std::uint64_t digest = 0;
  };

  /// `line` is the line of the stream that it happened in; not less than the one before.
  void add(const Encounter& met, std::uint64_t line);
  /// Nothing will be asked of what was before this line.
  void forget_before(std::uint64_t line);

  /// Of the lines up to this one.
  Sum sum_up_to(std::uint64_t line) const noexcept;
  /// Appends the first, of the lines up to this one, while `shown` is less than max_shown.
  void append_up_to(std::uint64_t line, std::string& out, std::size_t& shown) const;

 private:
  struct Shown {
    Encounter met;
    std::uint64_t line;
  };
  struct At {
    std::uint64_t line;
    Sum sum;
  };
  /// A line that is ahead of all that is asked for is not told from the next one, beyond these.
  static constexpr std::size_t max_lines = 1024;

  std::vector<Shown> first_;
  std::deque<At> lines_;  // the sum at the end of each line that has some
};

/// Appends "corrupt@output:4096".
void append(std::string& out, const Encounter& met);

}  // namespace faults
