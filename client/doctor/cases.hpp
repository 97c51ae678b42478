// Cases: the tables of all groups together, in their order, and the choice of some of them. Static;
// any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/doctor/case.hpp"

namespace client::doctor {

struct Group {
  unsigned number;
  const char* name;
  std::span<const Case> cases;
};

// A file each, which has its table.
std::span<const Case> establish_cases();
std::span<const Case> bytes_cases();
std::span<const Case> half_close_cases();
std::span<const Case> reset_cases();
std::span<const Case> backpressure_cases();
std::span<const Case> idle_cases();
std::span<const Case> urgent_cases();
std::span<const Case> limits_cases();
std::span<const Case> reload_cases();
std::span<const Case> proxied_cases();
std::span<const Case> latency_cases();
std::span<const Case> line_cases();
std::span<const Case> introduced_cases();
std::span<const Case> behind_cases();

/// In the order of their numbers, which are never given to another: a group without cases has none
/// here.
const std::vector<Group>& groups();
/// Empty where there is no such group.
std::string group_name(unsigned number);

/// `3.2`, or `3.*` and `3` for a whole group. Nothing where it is neither.
struct Selection {
  unsigned group = 0;
  std::optional<unsigned> place;
  bool takes(Number number) const noexcept {
    return number.group == group && (!place || number.place == *place);
  }
};
std::optional<Selection> parse_selection(std::string_view text);

/// Those that are for `way` and that one of `selections` takes; all of it where there is none.
std::vector<const Case*> cases_of(Way way, std::span<const Selection> selections);
/// Those of any way.
std::vector<const Case*> cases_of(std::span<const Selection> selections);

/// `echo, line, through, behind`, those that it is for, or `any`.
std::string to_string(Ways ways);

/// A line a case, for --list.
std::string list_of(std::span<const Case* const> cases);

}  // namespace client::doctor
