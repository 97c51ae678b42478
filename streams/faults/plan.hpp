// A Plan: the faults of a listener or of a run, in their order. A plain value that does not change
// once it is read, any thread. A wrong one is refused as a whole.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "streams/faults/fault.hpp"

namespace faults {

struct Plan {
  static constexpr std::size_t max_faults = 64;

  std::vector<Fault> faults;

  bool empty() const noexcept { return faults.empty(); }

  bool operator==(const Plan&) const = default;
};

struct ParsedPlan {
  Plan plan;
  std::string error;  ///< empty on success; else where, what is wrong, and how to mend it

  explicit operator bool() const noexcept { return error.empty(); }
};

/// Of texts, each a fault: an error begins "fault 2, column 7: ".
ParsedPlan parse_plan(std::span<const std::string> texts);
/// Of a file's text: a fault a line; empty lines and what begins with # (after blanks) are left
/// out. An error begins "line 2, column 7: ".
ParsedPlan parse_plan(std::string_view file);

}  // namespace faults
