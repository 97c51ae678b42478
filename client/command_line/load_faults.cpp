#include "client/command_line/load_faults.hpp"

#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "streams/faults/grammar.hpp"
#include "streams/text/escape.hpp"

namespace client::command_line {
namespace {

using Parsed = text::Parsed<faults::Plan>;
using Kind = faults::Place::Kind;

Parsed refused(std::string why) { return {.value = {}, .error = std::move(why)}; }

Parsed read(const std::string& text) {
  if (!text.starts_with('@')) {
    faults::ParsedFault parsed = faults::parse(text);
    if (parsed) return {.value = {{std::move(parsed.fault)}}, .error = {}};
    return refused("column " + std::to_string(parsed.wrong.column) + ": " + parsed.wrong.what);
  }
  const std::string name = text.substr(1);
  std::ifstream file(name, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) return refused(name + ": cannot be read");
  faults::ParsedPlan parsed = faults::parse_plan(std::string_view(content));
  if (!parsed) return refused(name + ", " + parsed.error);
  return {.value = std::move(parsed.plan), .error = {}};
}

}  // namespace

Parsed parse_faults(const std::string& text) {
  Parsed parsed = read(text);
  for (faults::Fault& fault : parsed.value.faults) {
    const bool is_line = fault.place.kind == Kind::line || fault.place.kind == Kind::every_line;
    if (fault.action == faults::Action::delay && is_line) {
      fault.place.of = faults::Direction::output;
    }
    const std::string written = text::quoted(faults::to_text(fault));
    if (fault.place.kind == Kind::accept) return refused(written + " is for a server");
    if (fault.place.of == faults::Direction::input) {
      return refused(written + " is of the replies; faults here are of what is sent");
    }
    if (fault.action == faults::Action::urgent) {
      return refused(written + ": urgent data is for a server");
    }
  }
  return parsed;
}

void add_faults(CLI::App& app, faults::Plan& plan) {
  const auto take = [&plan](const std::vector<std::string>& texts) {
    for (const std::string& one : texts) {
      const Parsed parsed = parse_faults(one);
      if (!parsed) throw CLI::ValidationError("--faults", parsed.error);
      plan.faults.insert(plan.faults.end(), parsed.value.faults.begin(), parsed.value.faults.end());
    }
    if (plan.faults.size() > faults::Plan::max_faults) {
      throw CLI::ValidationError("--faults", "more than 64 in all");
    }
  };
  app.add_option_function<std::vector<std::string>>("--faults", take,
                                                    "What goes wrong with requests on their way")
      ->option_text("FAULT|@FILE")
      ->allow_extra_args(false);
}

}  // namespace client::command_line
