#include "client/load/report/results_json.hpp"

#include <array>
#include <ctime>
#include <optional>

#include "client/load/report/figures_json.hpp"
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
  json.member("valid", results.valid());
  json.key("invalid");
  json.begin_array();
  for (const std::string& reason : results.health.invalid) json.value(reason);
  json.end_array();
  json.member("interrupted", results.interrupted);
  write_verdicts(json, verdicts);
  json.member("length_s", std::chrono::duration<double>(results.total.length).count());
  json.member("asked_rate",
              results.plan.open_loop() ? std::optional{results.asked_rate} : std::nullopt);
  write_figures(json, results.total);
  write_histogram(json, "response_ns", results.total.response, Buckets::included);
  write_histogram(json, "service_ns", results.total.service, Buckets::included);
  write_histogram(json, "connect_ns", results.connect, Buckets::included);
  write_mismatches(json, results.mismatches);
  write_generator(json, results.health);
  json.end_object();
  return json.text() + '\n';
}

}  // namespace client::load::report
