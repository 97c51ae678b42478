#include <array>
#include <cstdio>

#include "client/doctor/report.hpp"
#include "client/load/report/columns.hpp"

namespace client::doctor {
namespace {

using load::report::left;
using load::report::wrapped;

constexpr std::size_t width = 80;
constexpr std::size_t indent = 24;

std::string in_seconds(std::chrono::nanoseconds time) {
  std::array<char, 40> text{};
  const double value = std::chrono::duration<double>(time).count();
  const int size = std::snprintf(text.data(), text.size(), "%.1f s", value);
  return {text.data(), static_cast<std::size_t>(size)};
}

/// Behind `spaces` on every line.
std::string block(const std::string& text, std::size_t spaces) {
  return std::string(spaces, ' ') +
         wrapped(std::string(spaces, '.') + text, width, spaces).substr(spaces) + '\n';
}

std::string failure(const Options& options, const CaseResult& result) {
  const Case& one = *result.what;
  std::string text = '\n' + to_string(one.number) + ' ' + to_string(result.verdict) + '\n';
  text += block(std::string(one.what) + " (" + to_string(one.level) + ", " + one.source + ')', 2);
  text += block("Why it matters: " + std::string(one.why), 2);
  text += block("Seen: " + result.finding + "; broken in " + std::to_string(result.broken) +
                    " of " + std::to_string(result.tries) + " tries.",
                2);
  for (const Account::Entry& entry : result.account.entries()) {
    text += "    " + to_string(entry) + '\n';
  }
  if (const std::size_t more = result.account.left_out()) {
    text += "    and " + std::to_string(more) + " more\n";
  }
  return text + "  Again: " + command_of(options, one.number) + '\n';
}

}  // namespace

std::string headline(const Options& options) {
  std::string text = "echoline doctor: " + options.target_name;
  if (options.way == Way::through) text += " in front of " + options.origin_name;
  if (options.way == Way::behind) text += " in front of " + options.behind_name;
  return text + ", " + std::to_string(options.cases.size()) +
         (options.cases.size() == 1 ? " case\n" : " cases\n");
}

std::string group_line(unsigned number) {
  return std::to_string(number) + ' ' + group_name(number) + '\n';
}

std::string case_line(const CaseResult& result) {
  std::string head = "  " + left(to_string(result.what->number), 6);
  head += left(to_string(result.verdict), indent - head.size());
  std::string said = result.what->what;
  if (!result.finding.empty()) said += " — " + result.finding;
  if (result.tries > 1 && result.verdict != Verdict::skipped) {
    const bool is_broken = is_failure(result.verdict, true);
    said += is_broken ? " (broken in " : " (";
    said += std::to_string(is_broken ? result.broken : result.tries - result.broken) + " of " +
            std::to_string(result.tries) + ')';
  }
  return head + wrapped(std::string(indent, '.') + said, width, indent).substr(indent) + '\n';
}

std::string summary(const Outcomes& outcomes) {
  std::string text;
  for (const CaseResult& result : outcomes.results) {
    if (is_failure(result.verdict, true)) text += failure(*outcomes.options, result);
  }
  const Counts counts = count(outcomes.results);
  text += '\n';
  if (outcomes.interrupted) text += "Interrupted: this is what there was until then.\n";
  text += std::to_string(of(counts, Verdict::pass)) + " passed, " +
          std::to_string(of(counts, Verdict::fail)) + " failed, " +
          std::to_string(of(counts, Verdict::not_strict)) + " not strict, " +
          std::to_string(of(counts, Verdict::informational)) + " informational, " +
          std::to_string(of(counts, Verdict::skipped)) + " skipped in " +
          in_seconds(outcomes.time) + '\n';
  return text;
}

}  // namespace client::doctor
