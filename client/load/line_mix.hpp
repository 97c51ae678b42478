// LineMix: the lines of a run, and which of them a request is: drawn by seed, connection and
// sequence in proportion to the weights, so that nothing is kept for a request in flight. One per
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "client/load/line_template.hpp"
#include "client/load/plan.hpp"
#include "client/replies/pattern.hpp"

namespace client::load {

struct MixedLine {
  explicit MixedLine(std::string_view text) : line(text) {}
  LineTemplate line;
  std::optional<LineTemplate> reply;        ///< what must come back, if it is known
  std::optional<replies::Pattern> pattern;  ///< what must be in it otherwise
  bool any_line_end = false;                ///< of a reply that the plan says
};

class LineMix {
 public:
  /// `lines` is not empty, and weights are 1 or more. Throws std::invalid_argument, which says what
  /// and where, for a template or pattern that cannot be read.
  LineMix(std::span<const PlannedLine> lines, std::uint64_t seed);

  const MixedLine& of(std::uint64_t connection, std::uint64_t sequence) const noexcept {
    return lines_.size() == 1 ? lines_.front() : drawn(connection, sequence);
  }
  bool has_patterns() const noexcept;
  /// Of the longest line or known reply, in bytes, without a line end.
  std::size_t max_size() const noexcept;

 private:
  const MixedLine& drawn(std::uint64_t connection, std::uint64_t sequence) const noexcept;

  std::vector<MixedLine> lines_;
  std::vector<std::uint64_t> up_to_;  // the sum of the weights up to each line
  std::uint64_t seed_;
};

}  // namespace client::load
