#include "client/doctor/cases.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "client/doctor/verdict.hpp"
#include "client/load/report/columns.hpp"

namespace client::doctor {
namespace {

using load::report::left;
using load::report::wrapped;

std::optional<unsigned> parse_number(std::string_view text) {
  unsigned value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool takes(std::span<const Selection> selections, Number number) {
  return selections.empty() || std::ranges::any_of(selections, [number](const Selection& one) {
           return one.takes(number);
         });
}

}  // namespace

const std::vector<Group>& groups() {
  static const std::vector<Group> all{{1, "establish", establish_cases()},
                                      {2, "bytes", bytes_cases()},
                                      {3, "half-close", half_close_cases()},
                                      {4, "reset", reset_cases()},
                                      {5, "backpressure", backpressure_cases()},
                                      {6, "idle", idle_cases()},
                                      {7, "urgent", urgent_cases()},
                                      {8, "limits", limits_cases()},
                                      {9, "reload", reload_cases()},
                                      {10, "PROXY header to the origin", proxied_cases()},
                                      {11, "latency", latency_cases()},
                                      {12, "line protocol", line_cases()},
                                      {13, "PROXY header of clients", introduced_cases()},
                                      {14, "echolined behind a proxy", behind_cases()}};
  return all;
}

std::string group_name(unsigned number) {
  const auto group = std::ranges::find(groups(), number, &Group::number);
  return group == groups().end() ? "" : group->name;
}

std::optional<Selection> parse_selection(std::string_view text) {
  const std::size_t dot = text.find('.');
  const auto group = parse_number(text.substr(0, dot));
  if (!group) return std::nullopt;
  Selection selection;
  selection.group = *group;
  if (dot == std::string_view::npos || text.substr(dot + 1) == "*") return selection;
  selection.place = parse_number(text.substr(dot + 1));
  if (!selection.place) return std::nullopt;
  return selection;
}

std::vector<const Case*> cases_of(std::span<const Selection> selections) {
  std::vector<const Case*> chosen;
  for (const Group& group : groups()) {
    for (const Case& one : group.cases) {
      if (takes(selections, one.number)) chosen.push_back(&one);
    }
  }
  return chosen;
}

std::vector<const Case*> cases_of(Way way, std::span<const Selection> selections) {
  std::vector<const Case*> chosen = cases_of(selections);
  std::erase_if(chosen, [way](const Case* one) { return !includes(one->ways, way); });
  return chosen;
}

std::string to_string(Ways ways) {
  if (ways == ((Way::echo | Way::line) | only(Way::through))) return "any";
  std::string text;
  for (const auto& [way, name] : {std::pair{Way::echo, "echo"},
                                  {Way::line, "line"},
                                  {Way::through, "through"},
                                  {Way::behind, "behind"}}) {
    if ((ways & only(way)) == 0) continue;
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

std::string list_of(std::span<const Case* const> cases) {
  constexpr std::size_t width = 80;
  constexpr std::size_t indent = 31;
  std::string text;
  for (const Group& group : groups()) {
    bool is_named = false;
    for (const Case* const one : cases) {
      if (one->number.group != group.number) continue;
      if (!std::exchange(is_named, true)) {
        text += std::to_string(group.number) + ' ' + group.name + '\n';
      }
      text += "  " + left(to_string(one->number), 6) + left(to_string(one->level), 8);
      text += left(to_string(one->ways), indent - 16);
      text += wrapped(std::string(indent, '.') + one->what, width, indent).substr(indent) + '\n';
    }
  }
  return text;
}

}  // namespace client::doctor
