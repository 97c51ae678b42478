#include "client/load/report/expectation.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include "streams/text/escape.hpp"
#include "streams/text/units.hpp"

namespace client::load::report {
namespace {

struct RelationName {
  std::string_view name;
  Relation relation;
};

// Longer ones before what they begin with.
constexpr std::array<RelationName, 6> relations{{{"<=", Relation::at_most},
                                                 {">=", Relation::at_least},
                                                 {"==", Relation::equal},
                                                 {"<", Relation::less},
                                                 {">", Relation::more},
                                                 {"=", Relation::equal}}};

struct SubjectName {
  std::string_view name;
  Subject subject;
};

constexpr std::array<SubjectName, 4> times{{{"response", Subject::response},
                                            {"service", Subject::service},
                                            {"connect", Subject::connect},
                                            {"lag", Subject::lag}}};
constexpr std::array<SubjectName, 5> counts{{{"rate", Subject::rate},
                                             {"requests", Subject::requests},
                                             {"errors", Subject::errors},
                                             {"success", Subject::success},
                                             {"availability", Subject::availability}}};

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// The number at the front of `text`, which then begins behind it.
std::optional<double> take_number(std::string_view& text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, ec] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (ec != std::errc{} || !(number >= 0) || text.starts_with('-')) return std::nullopt;
  // It reads "inf" and "nan" as well.
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return number;
}

bool read_statistic(std::string_view name, Expectation& out) {
  struct Name {
    std::string_view name;
    Statistic statistic;
  };
  constexpr std::array<Name, 3> names{
      {{"min", Statistic::min}, {"mean", Statistic::mean}, {"max", Statistic::max}}};
  for (const auto& [known, statistic] : names) {
    if (name != known) continue;
    out.statistic = statistic;
    return true;
  }
  if (!name.starts_with('p')) return false;
  name.remove_prefix(1);
  const auto percent = take_number(name);
  if (!percent || !name.empty() || *percent > 100) return false;
  out.statistic = Statistic::percentile;
  out.percent = *percent;
  return true;
}

bool read_name(std::string_view name, bool open_loop, Expectation& out) {
  for (const auto& [known, subject] : counts) {
    if (name != known) continue;
    out.subject = subject;
    return true;
  }
  for (std::size_t kind = 0; kind < error_kinds.size(); ++kind) {
    if (name != error_kinds[kind].name) continue;
    out.subject = Subject::errors;
    out.error_kind = static_cast<int>(kind);
    return true;
  }
  for (const auto& [known, subject] : times) {
    if (!name.starts_with(known) || name.substr(known.size(), 1) != ".") continue;
    out.subject = subject;
    return read_statistic(name.substr(known.size() + 1), out);
  }
  out.subject = open_loop ? Subject::response : Subject::service;
  return read_statistic(name, out);
}

bool is_share(Subject subject) { return subject >= Subject::success; }

bool is_time(Subject subject) { return subject < Subject::rate; }

// What one of `text` is worth; nothing if it is no unit of the subject.
std::optional<double> factor_of(std::string_view text, Subject subject) {
  if (subject == Subject::rate && text.ends_with("/s")) text.remove_suffix(2);
  if (text == "µs") text = "us";
  const std::span<const text::Unit> units =
      is_time(subject) ? std::span{text::time_units}.first(4) : std::span{text::count_units};
  const auto unit = std::ranges::find(units, text, &text::Unit::name);
  if (unit == units.end()) return std::nullopt;
  return static_cast<double>(unit->factor);
}

bool read_value(std::string_view text, Expectation& out) {
  const auto number = take_number(text);
  if (!number) return false;
  text = trimmed(text);
  if (text == "%" && (out.subject == Subject::errors || is_share(out.subject))) {
    out.share = true;
    out.limit = *number / 100;
    return true;
  }
  if (is_share(out.subject)) return false;
  const auto factor = factor_of(text, out.subject);
  if (!factor) return false;
  out.limit = *number * *factor;
  return true;
}

std::string names_allowed() {
  std::string kinds;
  for (const ErrorKindRow& kind : error_kinds) (kinds += ", ").append(kind.name);
  return "write one of p50, p99.9 and so on, min, mean, max (or response.p50, service.p50, "
         "connect.p50, lag.p50 to say which time), rate, requests, success, "
         "availability, errors" +
         kinds;
}

std::string_view value_form(const Expectation& expectation) {
  if (is_time(expectation.subject)) return "a number and ns, us, ms or s, as in 5ms";
  if (is_share(expectation.subject)) return "a percentage, as in 99.9%";
  if (expectation.subject == Subject::errors) return "a number or a percentage, as in 0 or 0.1%";
  return "a number, with k or M if you like, as in 50k";
}

}  // namespace

ParsedExpectation parse_expectation(std::string_view text, bool open_loop) {
  ParsedExpectation parsed;
  parsed.expectation.text = text;
  const auto refuse = [&parsed, text](const std::string& why) {
    parsed.error = text::quoted(text) + ": " + why;
    return parsed;
  };
  const std::size_t at = text.find_first_of("<>=!");
  const RelationName* relation = nullptr;
  for (const RelationName& known : relations) {
    if (at == std::string_view::npos || !text.substr(at).starts_with(known.name)) continue;
    relation = &known;
    break;
  }
  if (relation == nullptr) {
    return refuse("it has none of <, <=, >, >=, =; write an expectation as in \"p99<5ms\"");
  }
  Expectation& out = parsed.expectation;
  out.relation = relation->relation;
  const std::string_view name = trimmed(text.substr(0, at));
  if (!read_name(name, open_loop, out)) {
    return refuse(text::quoted(name) + " is not a measurement; " + names_allowed());
  }
  const bool needs_schedule = out.subject == Subject::response || out.subject == Subject::lag;
  if (needs_schedule && !open_loop) {
    return refuse("a closed loop has no schedule to measure this from; give a --rate");
  }
  const std::string_view value = trimmed(text.substr(at + relation->name.size()));
  if (!read_value(value, out)) {
    return refuse(text::quoted(value) + " is not a value for " + std::string{name} + "; write " +
                  std::string{value_form(out)});
  }
  return parsed;
}

}  // namespace client::load::report
