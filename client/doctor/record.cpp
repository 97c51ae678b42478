#include "client/doctor/record.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <stdexcept>

#include "client/doctor/cases.hpp"
#include "streams/text/json_value.hpp"

namespace client::doctor {
namespace {

using text::JsonValue;
using Kind = JsonValue::Kind;

double milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

// Members of an object that another version, or another program, may have written.

const JsonValue& need(const JsonValue& object, const char* name, Kind kind) {
  const JsonValue* const value = object.find(name);
  if (value == nullptr) throw std::invalid_argument(std::string("it has no member ") + name);
  if (value->kind != kind) {
    throw std::invalid_argument(std::string("its member ") + name + " is not what it should be");
  }
  return *value;
}

std::string string_in(const JsonValue& object, const char* name) {
  return need(object, name, Kind::string).string;
}
/// Empty where there is none.
std::string string_if(const JsonValue& object, const char* name) {
  return object.find(name) == nullptr ? std::string{} : string_in(object, name);
}
double number_in(const JsonValue& object, const char* name) {
  return need(object, name, Kind::number).number;
}
std::uint64_t count_in(const JsonValue& object, const char* name) {
  constexpr double most = 9e15;
  return static_cast<std::uint64_t>(std::clamp(number_in(object, name), 0.0, most));
}

Verdict verdict_in(const JsonValue& object) {
  const std::string text = string_in(object, "verdict");
  for (const Verdict verdict : {Verdict::pass, Verdict::fail, Verdict::not_strict,
                                Verdict::informational, Verdict::skipped}) {
    if (text == to_string(verdict)) return verdict;
  }
  throw std::invalid_argument("it has a verdict that there is not");
}

RecordedCase::Seen seen_in(const JsonValue& object) {
  RecordedCase::Seen seen;
  seen.from_ms = number_in(object, "from_ms");
  seen.to_ms = number_in(object, "to_ms");
  seen.who = string_in(object, "who");
  seen.said = string_if(object, "said");
  if (!seen.said.empty()) return seen;
  seen.said = string_in(object, "what");
  if (object.find("octets") != nullptr) {
    seen.said += ' ' + std::to_string(count_in(object, "octets")) + " octets";
  }
  return seen;
}

RecordedCase case_in(const JsonValue& object) {
  RecordedCase one;
  const auto selection = parse_selection(string_in(object, "number"));
  if (!selection || !selection->place) throw std::invalid_argument("it has a case without number");
  one.number = {selection->group, *selection->place};
  one.group = string_if(object, "group");
  if (one.group.empty()) one.group = group_name(one.number.group);
  one.verdict = verdict_in(object);
  one.level = string_in(object, "level");
  one.what = string_in(object, "what");
  one.why = string_in(object, "why");
  one.source = string_in(object, "source");
  one.finding = string_in(object, "finding");
  one.again = string_if(object, "again");
  one.tries = count_in(object, "tries");
  one.broken = count_in(object, "broken");
  if (object.find("seen") == nullptr) return one;
  for (const JsonValue& entry : need(object, "seen", Kind::array).items) {
    one.seen.push_back(seen_in(entry));
  }
  one.left_out = count_in(object, "left_out");
  return one;
}

Record record_in(const JsonValue& object) {
  const JsonValue* const format = object.find("format");
  if (format == nullptr) throw std::invalid_argument("this is no report of echoline doctor");
  if (format->string != report_format) {
    throw std::invalid_argument("its format is \"" + format->string + "\", not \"" + report_format +
                                '"');
  }
  Record record;
  record.target = string_in(object, "target");
  record.origin = string_if(object, "origin");
  if (record.origin.empty()) record.origin = string_if(object, "behind");
  record.way = string_in(object, "way");
  record.quick = need(object, "quick", Kind::truth).truth;
  record.interrupted = need(object, "interrupted", Kind::truth).truth;
  record.seconds = number_in(object, "seconds");
  const std::vector<JsonValue>& cases = need(object, "cases", Kind::array).items;
  record.cases.reserve(cases.size());
  for (const JsonValue& one : cases) record.cases.push_back(case_in(one));
  return record;
}

}  // namespace

const RecordedCase* Record::find(Number number) const noexcept {
  const auto one = std::ranges::find(cases, number, &RecordedCase::number);
  return one == cases.end() ? nullptr : &*one;
}

Record record_of(const Outcomes& outcomes) {
  const Options& options = *outcomes.options;
  Record record;
  record.name = record.target = options.target_name;
  record.origin = options.way == Way::behind ? options.behind_name : options.origin_name;
  record.way = to_string(only(options.way));
  record.quick = options.quick;
  record.interrupted = outcomes.interrupted;
  record.seconds = std::chrono::duration<double>(outcomes.time).count();
  record.cases.reserve(outcomes.results.size());
  for (const CaseResult& result : outcomes.results) {
    RecordedCase& one = record.cases.emplace_back();
    one.number = result.what->number;
    one.group = group_name(one.number.group);
    one.verdict = result.verdict;
    one.level = to_string(result.what->level);
    one.what = result.what->what;
    one.why = result.what->why;
    one.source = result.what->source;
    one.finding = result.finding;
    one.again = command_of(options, one.number);
    one.tries = result.tries;
    one.broken = result.broken;
    one.left_out = result.account.left_out();
    one.seen.reserve(result.account.entries().size());
    for (const Account::Entry& entry : result.account.entries()) {
      one.seen.push_back(
          {milliseconds(entry.from), milliseconds(entry.to), entry.who, said(entry)});
    }
  }
  return record;
}

ReadRecord read_record(std::string_view json) {
  ReadRecord read;
  const text::ParsedJson parsed = text::parse_json(json);
  read.error = parsed.error;
  if (!read.error.empty()) return read;
  try {
    read.record = record_in(parsed.value);
  } catch (const std::invalid_argument& error) {
    read.error = error.what();
  }
  return read;
}

}  // namespace client::doctor
