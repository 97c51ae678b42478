#include "streams/faults/plan.hpp"

#include <algorithm>
#include <utility>

#include "streams/faults/grammar.hpp"
#include "streams/text/line.hpp"

namespace faults {
namespace {

/// Adds a fault of `text`; why not, without where.
std::string add(Plan& plan, std::string_view text, std::size_t indent) {
  if (plan.faults.size() == Plan::max_faults) {
    return ": a plan has at most " + std::to_string(Plan::max_faults) + " faults";
  }
  ParsedFault parsed = parse(text);
  if (!parsed) {
    return ", column " + std::to_string(parsed.wrong.column + indent) + ": " + parsed.wrong.what;
  }
  plan.faults.push_back(std::move(parsed.fault));
  return {};
}

}  // namespace

ParsedPlan parse_plan(std::span<const std::string> texts) {
  ParsedPlan parsed;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string why = add(parsed.plan, texts[i], 0);
    if (!why.empty()) return {{}, "fault " + std::to_string(i + 1) + why};
  }
  return parsed;
}

ParsedPlan parse_plan(std::string_view file) {
  ParsedPlan parsed;
  for (std::size_t number = 1; !file.empty(); ++number) {
    const std::size_t size = std::min(file.find('\n'), file.size() - 1) + 1;
    std::string_view line = text::without_end(file.substr(0, size));
    file.remove_prefix(size);
    const std::size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
    line.remove_prefix(indent);
    if (line.empty() || line[0] == '#') continue;
    const std::string why = add(parsed.plan, line, indent);
    if (!why.empty()) return {{}, "line " + std::to_string(number) + why};
  }
  return parsed;
}

}  // namespace faults
