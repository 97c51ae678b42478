#include "client/doctor/report.hpp"
#include "client/load/report/json_writer.hpp"

namespace client::doctor {
namespace {

using load::report::JsonWriter;

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

void write(JsonWriter& json, const Account& account) {
  json.key("seen");
  json.begin_array();
  for (const Account::Entry& entry : account.entries()) {
    json.begin_object(JsonWriter::Layout::line);
    json.member("from_ms", seconds(entry.from) * 1000);
    json.member("to_ms", seconds(entry.to) * 1000);
    json.member("who", entry.who);
    json.member("what", entry.what);
    if (entry.octets != 0) {
      json.member("octets", entry.octets);
      json.member("said", said(entry));
    }
    json.end_object();
  }
  json.end_array();
  json.member("left_out", std::uint64_t{account.left_out()});
}

void write(JsonWriter& json, const Options& options, const CaseResult& result) {
  json.begin_object();
  json.member("number", to_string(result.what->number));
  json.member("group", group_name(result.what->number.group));
  json.member("verdict", to_string(result.verdict));
  json.member("level", to_string(result.what->level));
  json.member("what", result.what->what);
  json.member("why", result.what->why);
  json.member("source", result.what->source);
  json.member("tries", std::uint64_t{result.tries});
  json.member("broken", std::uint64_t{result.broken});
  json.member("finding", result.finding);
  json.member("seconds", seconds(result.time));
  json.member("again", command_of(options, result.what->number));
  write(json, result.account);
  json.end_object();
}

}  // namespace

std::string to_json(const Outcomes& outcomes) {
  const Options& options = *outcomes.options;
  const Counts counts = count(outcomes.results);
  JsonWriter json;
  json.begin_object();
  json.member("format", report_format);
  json.member("way", to_string(only(options.way)));
  json.member("target", options.target_name);
  if (options.way == Way::through) json.member("origin", options.origin_name);
  if (options.way == Way::behind) json.member("behind", options.behind_name);
  json.member("quick", options.quick);
  json.member("strict", options.strict);
  json.member("interrupted", outcomes.interrupted);
  json.member("seconds", seconds(outcomes.time));
  json.key("counts");
  json.begin_object(JsonWriter::Layout::line);
  json.member("pass", std::uint64_t{of(counts, Verdict::pass)});
  json.member("fail", std::uint64_t{of(counts, Verdict::fail)});
  json.member("not_strict", std::uint64_t{of(counts, Verdict::not_strict)});
  json.member("informational", std::uint64_t{of(counts, Verdict::informational)});
  json.member("skipped", std::uint64_t{of(counts, Verdict::skipped)});
  json.end_object();
  json.key("cases");
  json.begin_array();
  for (const CaseResult& result : outcomes.results) write(json, options, result);
  json.end_array();
  json.end_object();
  return json.text() + '\n';
}

}  // namespace client::doctor
