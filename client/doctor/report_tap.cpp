#include "client/doctor/report.hpp"
#include "streams/text/json.hpp"

namespace client::doctor {
namespace {

/// A `#` would begin a directive.
std::string description(const Case& one) {
  std::string text = to_string(one.number) + ' ' + one.what;
  for (char& c : text) {
    if (c == '#') c = ' ';
  }
  return text;
}

// Every string of JSON is one of YAML.
std::string yaml(const Options& options, const CaseResult& result) {
  std::string text = "  ---\n  message: " + text::json_string(result.finding) +
                     "\n  severity: " + to_string(result.what->level) +
                     "\n  tries: " + std::to_string(result.tries) +
                     "\n  broken: " + std::to_string(result.broken) +
                     "\n  again: " + text::json_string(command_of(options, result.what->number)) +
                     "\n  seen:\n";
  for (const Account::Entry& entry : result.account.entries()) {
    text += "    - " + text::json_string(to_string(entry)) + '\n';
  }
  return text + "  ...\n";
}

}  // namespace

std::string to_tap(const Outcomes& outcomes) {
  const Options& options = *outcomes.options;
  std::string text = "TAP version 13\n1.." + std::to_string(outcomes.results.size()) + '\n';
  std::size_t number = 0;
  for (const CaseResult& result : outcomes.results) {
    const bool failed = is_failure(result.verdict, options.strict);
    text +=
        (failed ? "not ok " : "ok ") + std::to_string(++number) + " - " + description(*result.what);
    if (result.verdict == Verdict::skipped) {
      text += " # SKIP " + result.finding;
    } else if (result.verdict != Verdict::pass && !failed) {
      text += std::string(" (") + to_string(result.verdict) + ')';
    }
    text += '\n';
    if (failed) text += yaml(options, result);
  }
  if (outcomes.interrupted) text += "Bail out! interrupted\n";
  return text;
}

}  // namespace client::doctor
