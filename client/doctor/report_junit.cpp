#include <array>
#include <cstdio>

#include "client/doctor/report.hpp"

namespace client::doctor {
namespace {

/// For text and for attributes in double quotes. XML 1.0 has no control characters but three.
std::string xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      default: out += static_cast<unsigned char>(c) < ' ' ? '?' : c;
    }
  }
  return out;
}

std::string xml_seconds(std::chrono::nanoseconds time) {
  std::array<char, 40> text{};
  const double value = std::chrono::duration<double>(time).count();
  const int size = std::snprintf(text.data(), text.size(), "%.3f", value);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string test_case(const Options& options, const std::string& suite, const CaseResult& result) {
  const Case& one = *result.what;
  std::string text = "    <testcase classname=\"" + xml(suite) + "\" name=\"" +
                     xml(to_string(one.number) + ' ' + one.what) + "\" time=\"" +
                     xml_seconds(result.time) + '"';
  if (is_failure(result.verdict, options.strict)) {
    std::string seen;
    for (const Account::Entry& entry : result.account.entries()) seen += to_string(entry) + '\n';
    return text + ">\n      <failure message=\"" + xml(result.finding) + "\">" +
           xml(seen + "Again: " + command_of(options, one.number)) +
           "</failure>\n    </testcase>\n";
  }
  if (result.verdict == Verdict::skipped) {
    return text + ">\n      <skipped message=\"" + xml(result.finding) + "\"/>\n    </testcase>\n";
  }
  if (result.finding.empty()) return text + "/>\n";
  return text + ">\n      <system-out>" + xml(to_string(result.verdict)) + ": " +
         xml(result.finding) + "</system-out>\n    </testcase>\n";
}

}  // namespace

std::string to_junit(const Outcomes& outcomes) {
  const Options& options = *outcomes.options;
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"" +
                     xml("echoline doctor " + options.target_name) + "\">\n";
  for (const Group& group : groups()) {
    std::size_t failures = 0;
    std::size_t skipped = 0;
    std::size_t tests = 0;
    std::string cases;
    for (const CaseResult& result : outcomes.results) {
      if (result.what->number.group != group.number) continue;
      ++tests;
      failures += is_failure(result.verdict, options.strict) ? 1U : 0U;
      skipped += result.verdict == Verdict::skipped ? 1U : 0U;
      cases += test_case(options, group.name, result);
    }
    if (tests == 0) continue;
    text += "  <testsuite name=\"" + xml(group.name) + "\" tests=\"" + std::to_string(tests) +
            "\" failures=\"" + std::to_string(failures) + "\" errors=\"0\" skipped=\"" +
            std::to_string(skipped) + "\">\n" + cases + "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

}  // namespace client::doctor
