#include "client/load/report/mismatch_text.hpp"

#include <string_view>

#include "client/load/report/columns.hpp"
#include "client/load/report/quantities.hpp"
#include "streams/text/escape.hpp"

namespace client::load::report {
namespace {

constexpr std::size_t shown_bytes = 15;  // on a line even if all of them are \xNN

std::string place_of(const Mismatch& mismatch, const Plan& plan) {
  std::string text = "connection " + readable_count(mismatch.connection);
  if (plan.targets.size() > 1)
    text += " to " + plan.targets[plan.target_of(mismatch.connection)].name;
  if (mismatch.is_greeting) return text + ", its greeting";
  text += ", request " + readable_count(mismatch.sequence) + ", offset " +
          readable_count(mismatch.offset) + " of the reply";
  if (mismatch.got_sequence) {
    text += "; got that of request " + readable_count(*mismatch.got_sequence);
  }
  return text;
}

std::string bytes_of(const std::string& bytes) {
  if (bytes.empty()) return "nothing";
  const std::string_view shown = std::string_view{bytes}.substr(0, shown_bytes);
  return text::quoted(text::escaped(shown, {.named = true})) +
         (shown.size() < bytes.size() ? "..." : "");
}

std::string expected_of(const Mismatch& mismatch) {
  const std::string& pattern = mismatch.pattern;
  return pattern.empty() ? bytes_of(mismatch.expected) : "a match of " + text::printable(pattern);
}

}  // namespace

std::string mismatch_lines(const Results& results, const Style& style) {
  if (results.mismatches.empty()) return {};
  const std::uint64_t all =
      results.total.errors[ErrorKind::mismatch] + results.other_errors[ErrorKind::mismatch];
  std::string title = "Replies that are not as expected: " + readable_count(all);
  if (all > results.mismatches.size()) {
    title += ", the first " + readable_count(results.mismatches.size()) + " of them";
  }
  std::string out = style.in(Tone::bad, title) + '\n';
  for (const Mismatch& mismatch : results.mismatches) {
    out += "  " + wrapped(place_of(mismatch, results.plan), style.width - 2, 2) + '\n';
    out += style.in(Tone::faint, "    expected ") + expected_of(mismatch) + '\n';
    out += style.in(Tone::faint, "    got      ") + bytes_of(mismatch.got) + '\n';
  }
  return out;
}

}  // namespace client::load::report
