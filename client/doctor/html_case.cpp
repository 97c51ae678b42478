#include "client/doctor/html_case.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

#include "client/html/page.hpp"

namespace client::doctor {
namespace {

using html::escaped;

constexpr std::size_t most_entries = 600;  // of a page

const char* sign_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return "\u2713";
    case Verdict::fail: return "\u2717";
    case Verdict::not_strict: return "\u25b2";
    case Verdict::informational: return "\u2022";
    case Verdict::skipped: break;
  }
  return "\u2013";
}

std::string badge(Verdict verdict) {
  return "<span class=\"badge sign " + class_of(verdict) + "\">" +
         sign_and_word(verdict, to_string(verdict)) + "</span>";
}

std::string time_of(const RecordedCase::Seen& seen) {
  std::array<char, 80> text{};
  const int size =
      seen.to_ms > seen.from_ms + 1
          ? std::snprintf(text.data(), text.size(), "%.3f\u2013%.3f", seen.from_ms, seen.to_ms)
          : std::snprintf(text.data(), text.size(), "%.3f", seen.from_ms);
  return {text.data(), std::min(static_cast<std::size_t>(size), text.size() - 1)};
}

bool is_far(const RecordedCase::Seen& seen) { return seen.who.starts_with("far"); }

std::string entry_row(const RecordedCase::Seen& seen, bool has_far) {
  std::string said;
  if (seen.who != "near" && seen.who != "far") said = escaped(seen.who) + ": ";
  said += escaped(seen.said);
  std::string text = "<tr><th>" + time_of(seen) + "</th>";
  if (!has_far) return text + "<td>" + said + "</td></tr>\n";
  return text + (is_far(seen) ? "<td></td><td>" + said : "<td>" + said + "</td><td>") +
         "</td></tr>\n";
}

/// All of it, or, where that is more than `most` entries, its beginning and its end.
std::string log(const RecordedCase& one, std::size_t most) {
  const std::size_t all = one.seen.size();
  const std::size_t shown = std::min(all, most);
  const std::size_t first = shown == all ? all : shown / 2;
  const bool has_far = std::ranges::any_of(one.seen, is_far);
  const auto gap = [has_far](std::uint64_t more) {
    return std::string("<tr><th></th><td class=\"gap\"") + (has_far ? " colspan=\"2\">" : ">") +
           std::to_string(more) + " more</td></tr>\n";
  };
  std::string text = "<table class=\"log\">\n<thead><tr><th>ms</th>";
  text += has_far ? "<th>near, the client</th><th>far, the origin</th>" : "<th>the client</th>";
  text += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < first; ++i) text += entry_row(one.seen[i], has_far);
  if (shown < all) text += gap(all - shown);
  for (std::size_t i = all - (shown - first); i < all; ++i) text += entry_row(one.seen[i], has_far);
  if (one.left_out != 0) text += gap(one.left_out);
  return text + "</tbody>\n</table>\n";
}

/// `where` it was, where that is not clear.
std::string details(const RecordedCase& one, const std::string& where, std::size_t most,
                    bool open) {
  if (one.seen.empty()) return {};
  return std::string(open ? "<details open>" : "<details>") + "<summary>What was sent and seen" +
         (where.empty() ? "" : " with " + escaped(where)) + "</summary>\n" + log(one, most) +
         "</details>\n";
}

std::string command(const RecordedCase& one) {
  if (one.again.empty()) return {};
  return "<code class=\"command\">" + escaped(one.again) + "</code>\n";
}

std::string tries_of(const RecordedCase& one) {
  if (one.broken != 0) {
    return "broken in " + std::to_string(one.broken) + " of " + std::to_string(one.tries) +
           (one.tries == 1 ? " try" : " tries");
  }
  return one.tries < 2 ? std::string{} : "in each of " + std::to_string(one.tries) + " tries";
}

/// What came of it, in a line: with `names` where there are several targets.
std::string outcome(const RecordedCase& one, const std::string& names) {
  std::string text = "<p>" + badge(one.verdict);
  if (!names.empty()) text += " <b>" + escaped(names) + "</b>";
  // How often it held is another number for each of several.
  const std::string tries = names.empty() || one.broken != 0 ? tries_of(one) : std::string{};
  const char* between = names.empty() ? " " : ": ";
  for (const std::string& said : {tries, escaped(one.finding)}) {
    if (said.empty()) continue;
    text += between + said;
    between = ": ";
  }
  return text + "</p>\n";
}

std::string of_one(const RecordedCase& one, const Evidence& evidence) {
  const bool is_broken = is_failure(one.verdict, true);
  const std::size_t most = is_broken ? evidence.of_broken : evidence.of_others;
  return outcome(one, {}) + details(one, {}, most, is_broken) + command(one);
}

/// Of those of whom the same is to be said the first is shown.
struct Alike {
  const RecordedCase* one;
  std::string first;
  std::string names;
};

bool is_alike(const RecordedCase& one, const RecordedCase& other) {
  const bool is_counted = one.broken != 0 || other.broken != 0;
  return one.verdict == other.verdict && one.finding == other.finding &&
         (!is_counted || (one.broken == other.broken && one.tries == other.tries));
}

std::vector<Alike> alike_in(const std::vector<Record>& records, Number number, bool broken) {
  std::vector<Alike> all;
  for (const Record& record : records) {
    const RecordedCase* const one = record.find(number);
    if (one == nullptr || is_failure(one->verdict, true) != broken) continue;
    const auto same =
        std::ranges::find_if(all, [one](const Alike& other) { return is_alike(*other.one, *one); });
    if (same == all.end()) {
      all.push_back({one, record.name, record.name});
    } else {
      same->names += ", " + record.name;
    }
  }
  return all;
}

/// Those that broke it before the others.
std::string of_several(const std::vector<Record>& records, Number number,
                       const Evidence& evidence) {
  std::string text;
  const std::vector<Alike> broken = alike_in(records, number, true);
  for (const Alike& alike : broken) {
    text += "<div>\n" + outcome(*alike.one, alike.names) +
            details(*alike.one, alike.names == alike.first ? "" : alike.first, evidence.of_broken,
                    broken.size() == 1) +
            command(*alike.one) + "</div>\n";
  }
  for (const Alike& alike : alike_in(records, number, false)) {
    text += outcome(*alike.one, alike.names);
  }
  return text;
}

/// What stands between two backticks is a command.
std::string sentence(const std::string& text) {
  std::string out;
  bool is_code = false;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('`', begin), text.size());
    const std::string part = escaped(text.substr(begin, end - begin));
    out += is_code ? "<code>" + part + "</code>" : part;
    is_code = !is_code;
    begin = end + 1;
  }
  return out;
}

Verdict worst(const std::vector<Record>& records, Number number) {
  Verdict verdict = Verdict::pass;
  for (const Record& record : records) {
    const RecordedCase* const one = record.find(number);
    if (one == nullptr) continue;
    if (one->verdict == Verdict::fail) return Verdict::fail;
    if (one->verdict == Verdict::not_strict) verdict = Verdict::not_strict;
  }
  return verdict;
}

}  // namespace

std::string class_of(Verdict verdict) {
  return verdict == Verdict::not_strict ? "not-strict" : to_string(verdict);
}

std::string sign_and_word(Verdict verdict, const std::string& words) {
  return std::string("<i>") + sign_of(verdict) + "</i><b> " + words + "</b>";
}

std::string mark(Verdict verdict, const std::string& words) {
  return "<span class=\"sign " + class_of(verdict) + "\">" +
         sign_and_word(verdict, words.empty() ? to_string(verdict) : words) + "</span>";
}

Evidence::Evidence(const std::vector<Record>& records) {
  std::set<Number> numbers;
  for (const Record& record : records) {
    for (const RecordedCase& one : record.cases) {
      if (is_failure(one.verdict, true)) numbers.insert(one.number);
    }
  }
  std::size_t shown = 1;
  for (const Number number : numbers) shown += alike_in(records, number, true).size();
  of_broken = std::clamp<std::size_t>(most_entries / shown, 4, 60);
  of_others = 12;
}

std::string case_section(const std::vector<Record>& records, const RecordedCase& like,
                         const Evidence& evidence) {
  const std::string number = to_string(like.number);
  const RecordedCase* const only =
      records.size() == 1 ? records.front().find(like.number) : nullptr;
  std::string text = "<article id=\"c" + number + "\" class=\"wide " +
                     class_of(worst(records, like.number)) +
                     "\">\n<div>\n<div class=\"title\"><span class=\"number\">" + number +
                     "</span><h3>" + escaped(like.what) + "</h3><span class=\"level\">" +
                     escaped(like.level) + "</span></div>\n<dl class=\"facts\">\n<dt>Why</dt><dd>" +
                     sentence(like.why) + "</dd>\n<dt>Source</dt><dd>" + escaped(like.source) +
                     "</dd>\n</dl>\n</div>\n<div class=\"came\">\n";
  text += only != nullptr ? of_one(*only, evidence) : of_several(records, like.number, evidence);
  return text + "</div>\n</article>\n";
}

}  // namespace client::doctor
