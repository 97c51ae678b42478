#include "client/load/report/results_json.hpp"

#include <array>
#include <ctime>
#include <optional>

#include "client/load/report/figures_json.hpp"
#include "client/load/report/outcome.hpp"
#include "client/load/report/plan_json.hpp"

namespace client::load::report {
namespace {

using Layout = JsonWriter::Layout;

std::string timestamp(std::chrono::system_clock::time_point time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto milliseconds =
      std::chrono::floor<std::chrono::milliseconds>(time - whole).count() + 1000;
  const std::time_t since_epoch = std::chrono::system_clock::to_time_t(whole);
  std::tm parts{};
  gmtime_r(&since_epoch, &parts);
  std::array<char, 40> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &parts);
  return std::string{text.data(), size} + std::to_string(milliseconds).substr(1) + 'Z';
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    (out += digits[byte >> 4U]) += digits[byte & 15U];
  }
  return out;
}

void write_strings(JsonWriter& json, std::string_view name, std::span<const std::string> texts) {
  json.key(name);
  json.begin_array();
  for (const std::string& text : texts) json.value(text);
  json.end_array();
}

void write_error_examples(JsonWriter& json, const Results& results) {
  json.key("error_examples");
  json.begin_object();
  for (std::size_t kind = 0; kind < error_kind_names.size(); ++kind) {
    if (results.error_examples[kind].empty()) continue;
    json.member(error_kind_names[kind], results.error_examples[kind]);
  }
  json.end_object();
}

void write_verdicts(JsonWriter& json, std::span<const Verdict> verdicts) {
  json.key("expectations");
  json.begin_array();
  for (const Verdict& verdict : verdicts) {
    json.begin_object(Layout::line);
    json.member("text", verdict.expectation.text);
    json.member("met", verdict.met);
    json.member("actual", verdict.actual);
    json.end_object();
  }
  json.end_array();
}

void write_mismatches(JsonWriter& json, std::span<const Mismatch> mismatches) {
  json.key("mismatches");
  json.begin_array();
  for (const Mismatch& mismatch : mismatches) {
    json.begin_object(Layout::line);
    json.member("connection", mismatch.connection);
    json.member("sequence", mismatch.sequence);
    json.member("offset", mismatch.offset);
    json.member("expected_hex", hex(mismatch.expected));
    json.member("got_hex", hex(mismatch.got));
    json.member("got_sequence", mismatch.got_sequence);
    json.end_object();
  }
  json.end_array();
}

void write_generator(JsonWriter& json, const Health& health) {
  json.key("generator");
  json.begin_object();
  write_histogram(json, "lag_ns", health.lag, Buckets::included);
  json.key("thread_busy");
  json.begin_array(Layout::line);
  for (const double busy : health.thread_busy) json.value(busy);
  json.end_array();
  json.end_object();
}

}  // namespace

std::string results_json(const Results& results, std::span<const Verdict> verdicts) {
  JsonWriter json;
  json.begin_object();
  json.member("schema", "echoline.load/1");
  json.member("version", results.version);
  json.member("started", timestamp(results.started));
  write_plan(json, results.plan);
  json.member("outcome", name_of(outcome_of(results, verdicts)));
  json.member("interrupted", results.interrupted);
  json.member("valid", results.valid());
  write_strings(json, "invalid", results.health.invalid);
  write_strings(json, "notes", results.notes);
  write_verdicts(json, verdicts);
  json.member("length_s", std::chrono::duration<double>(results.total.length).count());
  json.member("asked_rate",
              results.plan.open_loop() ? std::optional{results.asked_rate} : std::nullopt);
  json.member("unsent", results.unsent);
  write_figures(json, results.total);
  write_error_examples(json, results);
  write_histogram(json, "response_ns", results.total.response, Buckets::included);
  write_histogram(json, "service_ns", results.total.service, Buckets::included);
  write_histogram(json, "connect_ns", results.connect, Buckets::included);
  write_mismatches(json, results.mismatches);
  write_generator(json, results.health);
  json.end_object();
  return json.text() + '\n';
}

}  // namespace client::load::report
