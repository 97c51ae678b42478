#include "client/load/report/complaints.hpp"

#include "client/load/report/columns.hpp"
#include "client/load/report/escaped.hpp"
#include "client/load/report/quantities.hpp"

namespace client::load::report {
namespace {

constexpr std::size_t width = 80;
constexpr std::size_t shown_bytes = 15;  // on a line even if all of them are \xNN

std::string place_of(const Mismatch& mismatch) {
  std::string text = "connection " + readable_count(mismatch.connection) + ", request " +
                     readable_count(mismatch.sequence) + ", offset " +
                     readable_count(mismatch.offset) + " of the reply";
  if (mismatch.got_sequence) {
    text += "; got that of request " + readable_count(*mismatch.got_sequence);
  }
  return text;
}

std::string bytes_of(const std::string& bytes) {
  return bytes.empty() ? "nothing" : escaped(bytes, shown_bytes);
}

}  // namespace

std::string mismatch_lines(const Results& results, const Style& style) {
  if (results.mismatches.empty()) return {};
  const std::uint64_t all = results.total.errors[ErrorKind::mismatch];
  std::string title = "Replies that differ from what was sent: " + readable_count(all);
  if (all > results.mismatches.size()) {
    title += ", the first " + readable_count(results.mismatches.size()) + " of them";
  }
  std::string out = style.in(Tone::bad, title) + '\n';
  for (const Mismatch& mismatch : results.mismatches) {
    out += "  " + place_of(mismatch) + '\n';
    out += style.in(Tone::faint, "    expected ") + bytes_of(mismatch.expected) + '\n';
    out += style.in(Tone::faint, "    got      ") + bytes_of(mismatch.got) + '\n';
  }
  return out;
}

std::string invalid_lines(const Results& results, const Style& style) {
  if (results.valid()) return {};
  std::string out =
      style.in(Tone::bad, "INVALID") + ": the generator, not the service, set these figures\n";
  for (const std::string& reason : results.health.invalid) {
    out += "  - " + wrapped(reason, width - 4, 4) + '\n';
  }
  return out;
}

}  // namespace client::load::report
