#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "client/doctor/html_case.hpp"
#include "client/doctor/record.hpp"
#include "client/html/page.hpp"

namespace client::doctor {
namespace {

using html::escaped;

constexpr std::array verdicts{Verdict::fail, Verdict::not_strict, Verdict::pass,
                              Verdict::informational, Verdict::skipped};

/// With more columns a cell shows its sign alone.
constexpr std::size_t many = 6;

std::size_t count(const Record& record, Verdict verdict) {
  return static_cast<std::size_t>(
      std::ranges::count(record.cases, verdict, &RecordedCase::verdict));
}

std::string counted(std::size_t count, const char* one, const char* several) {
  return std::to_string(count) + ' ' + (count == 1 ? one : several);
}

std::string in_seconds(double seconds) {
  std::array<char, 40> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.1f s", seconds);
  return {text.data(), std::min(static_cast<std::size_t>(size), text.size() - 1)};
}

/// Every case that one of them has, in the order of their numbers: as the first has it.
std::map<Number, const RecordedCase*> cases_in(const std::vector<Record>& records) {
  std::map<Number, const RecordedCase*> all;
  for (const Record& record : records) {
    for (const RecordedCase& one : record.cases) all.emplace(one.number, &one);
  }
  return all;
}

std::string header(const std::vector<Record>& records, std::size_t cases, std::size_t broken) {
  std::string text = "<header>\n<p class=\"eyebrow\">echoline doctor</p>\n<h1>How ";
  text += records.size() == 1 ? escaped(records.front().name) + " treats"
                              : std::to_string(records.size()) + " targets treat";
  text += " TCP</h1>\n<p class=\"lead\">" + counted(cases, "case", "cases") + ". ";
  if (broken == 0) {
    text += "None was broken.";
  } else {
    text += counted(broken, "was", "were") + " broken";
    text += records.size() == 1 ? "." : " by one of them or more.";
  }
  return text + "</p>\n</header>\n";
}

std::string described(const Record& record) {
  if (!record.origin.empty()) {
    return "a proxy at " + escaped(record.target) + " in front of " + escaped(record.origin);
  }
  return (record.way == "echo" ? "an echo service at " : "a line service at ") +
         escaped(record.target);
}

std::string card(const Record& record) {
  std::string text = "<li class=\"card\">\n<h3>" + escaped(record.name) +
                     "</h3>\n<p class=\"soft\">" + described(record) + "; " +
                     counted(record.cases.size(), "case", "cases") + " in " +
                     in_seconds(record.seconds) + "</p>\n";
  if (record.interrupted) {
    text += "<p>Interrupted: this is what there was until then.</p>\n";
  }
  text += "<div class=\"bar\" aria-hidden=\"true\">";
  std::string sums;
  for (const Verdict verdict : verdicts) {
    const std::size_t of_it = count(record, verdict);
    if (of_it == 0) continue;
    text += "<span class=\"" + class_of(verdict) + "\" style=\"flex:" + std::to_string(of_it) +
            "\"></span>";
    sums += "<li>" + mark(verdict, std::to_string(of_it) + ' ' + to_string(verdict)) + "</li>";
  }
  text += "</div>\n<ul class=\"sums\">" + sums + "</ul>\n";
  // Without its last words the command of a case is that of all.
  if (!record.cases.empty()) {
    const std::string& again = record.cases.front().again;
    const std::string whole = again.substr(0, again.rfind(" --only "));
    if (!whole.empty()) text += "<code class=\"command\">" + escaped(whole) + "</code>\n";
  }
  return text + "</li>\n";
}

std::string legend() {
  constexpr std::array<std::pair<Verdict, const char*>, 5> meant{
      {{Verdict::pass, "it was so each time"},
       {Verdict::fail, "a MUST was broken"},
       {Verdict::not_strict, "a SHOULD was broken"},
       {Verdict::informational, "no right and wrong"},
       {Verdict::skipped, "it could not be told"}}};
  std::string text = "<ul class=\"legend\">\n";
  for (const auto& [verdict, meaning] : meant) {
    text += "<li>" + mark(verdict) + ": " + meaning + "</li>\n";
  }
  return text + "</ul>\n";
}

std::string row(const std::vector<Record>& records, const RecordedCase& one) {
  const std::string number = to_string(one.number);
  std::string text = "<tr><th scope=\"row\"><a href=\"#c" + number + "\"><span class=\"number\">" +
                     number + "</span><span>" + escaped(one.what) + "</span></a></th>";
  for (const Record& record : records) {
    const RecordedCase* const of_it = record.find(one.number);
    const std::string target = "\" data-target=\"" + escaped(record.name) + "\">";
    if (of_it == nullptr) {
      text += "<td class=\"absent" + target + "<b>not asked</b></td>";
    } else {
      text += "<td class=\"" + class_of(of_it->verdict) + target +
              sign_and_word(of_it->verdict, to_string(of_it->verdict)) + "</td>";
    }
  }
  return text + "</tr>\n";
}

std::string matrix(const std::vector<Record>& records,
                   const std::map<Number, const RecordedCase*>& cases) {
  std::string text = "<section>\n<h2>";
  text += records.size() == 1 ? "All cases" : "Case by case, target by target";
  text += "</h2>\n" + legend();
  if (records.size() > 1) {
    text +=
        "<p class=\"soft\">With <code>--only</code> and its number, the command of a target plays "
        "a case "
        "again.</p>\n";
  }
  text += "<table class=\"matrix";
  if (records.size() == 1) text += " one";
  if (records.size() > many) text += " many";
  text += "\">\n<thead><tr><th scope=\"col\">Case</th>";
  for (const Record& record : records) {
    text += "<th scope=\"col\"><span>";
    text += (records.size() == 1 ? "Verdict" : escaped(record.name)) + "</span></th>";
  }
  text += "</tr></thead>\n";
  unsigned group = 0;
  for (const auto& [number, one] : cases) {
    if (std::exchange(group, number.group) != number.group) {
      text += "<tbody>\n<tr class=\"group\"><th colspan=\"" + std::to_string(records.size() + 1) +
              "\" scope=\"rowgroup\">" + std::to_string(group) + ' ' + escaped(one->group) +
              "</th></tr>\n";
    }
    text += row(records, *one);
    const auto next = cases.upper_bound(number);
    if (next == cases.end() || next->first.group != group) text += "</tbody>\n";
  }
  return text + "</table>\n</section>\n";
}

}  // namespace

std::string to_html(const std::vector<Record>& records) {
  const std::map<Number, const RecordedCase*> cases = cases_in(records);
  const auto is_broken = [&records](Number number) {
    return std::ranges::any_of(records, [number](const Record& record) {
      const RecordedCase* const one = record.find(number);
      return one != nullptr && is_failure(one->verdict, true);
    });
  };
  const auto broken = static_cast<std::size_t>(
      std::ranges::count_if(cases, [&is_broken](const auto& one) { return is_broken(one.first); }));
  std::string body = header(records, cases.size(), broken) + "<ul class=\"targets\">\n";
  for (const Record& record : records) body += card(record);
  body += "</ul>\n" + matrix(records, cases);
  const Evidence evidence(records);
  unsigned group = 0;
  for (const auto& [number, one] : cases) {
    if (std::exchange(group, number.group) != number.group) {
      if (number != cases.begin()->first) body += "</div>\n</section>\n";
      body += "<section>\n<h2>" + std::to_string(group) + ' ' + escaped(one->group) +
              "</h2>\n<div class=\"cases\">\n";
    }
    body += case_section(records, *one, evidence);
  }
  if (!cases.empty()) body += "</div>\n</section>\n";
  body +=
      "<footer>Written by <code>echoline doctor</code>. Times are of the try that is "
      "shown.</footer>\n";
  std::string title = "echoline doctor: ";
  for (const Record& record : records) {
    title += (&record == &records.front() ? "" : ", ") + record.name;
  }
  return html::page(title, body);
}

}  // namespace client::doctor
