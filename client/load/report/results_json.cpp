#include "client/load/report/results_json.hpp"

#include <array>
#include <optional>

#include "client/load/report/figures_json.hpp"
#include "client/load/report/generator_json.hpp"
#include "client/load/report/json_writer.hpp"
#include "client/load/report/outcome.hpp"
#include "client/load/report/plan_text.hpp"
#include "streams/faults/grammar.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/timestamp.hpp"

namespace client::load::report {
namespace {

using Layout = JsonWriter::Layout;

void write_payload(JsonWriter& json, const Payload& payload) {
  json.key("payload");
  json.begin_object();
  json.member("min_size", std::uint64_t{payload.min_size});
  json.member("max_size", std::uint64_t{payload.max_size});
  json.member("content_size", std::uint64_t{payload.content.size()});
  json.member("stamped", payload.stamped);
  json.member("lines_file", payload.lines_file);
  json.key("lines");
  json.begin_array();
  // Those of a file are as many as it has.
  const bool named = payload.lines_file.empty();
  for (const PlannedLine& line : named ? payload.lines : std::vector<PlannedLine>{}) {
    json.begin_object(Layout::line);
    json.member("line", line.line);
    json.member("weight", line.weight);
    json.member("reply", line.reply);
    json.member("reply_match", line.pattern);
    json.end_object();
  }
  json.end_array();
  json.member("reply_last", payload.reply_last);
  json.member("greeting", payload.greeting);
  json.end_object();
}

void write_profile(JsonWriter& json, const Plan& plan) {
  json.key("stages");
  json.begin_array();
  for (const RateStage& stage : plan.stages) {
    json.begin_object(Layout::line);
    json.member("from", stage.from);
    json.member("to", stage.to);
    json.member("time_s", seconds(stage.time));
    json.end_object();
  }
  json.end_array();
}

void write_proxy(JsonWriter& json, const std::optional<Proxy>& proxy) {
  std::optional<std::string> version;
  std::optional<std::string> source;
  if (proxy) version = proxy->version == proxy_header::Version::v1 ? "v1" : "v2";
  if (proxy && proxy->source) source = proxy->source->to_string();
  json.member("proxy", version);
  json.member("proxy_source", source);
}

void write_socket(JsonWriter& json, const streams::SocketOptions& socket) {
  json.member("nodelay", socket.nodelay);
  json.member("keepalive_s", seconds(socket.keepalive));
  json.member("user_timeout_s", seconds(socket.user_timeout));
  json.member("rcvbuf", std::uint64_t{socket.rcvbuf});
  json.member("sndbuf", std::uint64_t{socket.sndbuf});
  json.member("dscp", std::uint64_t{socket.dscp});
  json.member("mss", std::uint64_t{socket.mss});
  json.member("device", socket.device);
}

// Of a payload taken from a file only its size is told.
void write_plan(JsonWriter& json, const Plan& plan) {
  json.key("plan");
  json.begin_object();
  json.member("target", target_name(plan));
  json.key("targets");
  json.begin_array(Layout::line);
  for (const Target& target : plan.targets) json.value(target.name);
  json.end_array();
  json.member("protocol", plan.protocol->name);
  json.member("loop", plan.open_loop() ? "open" : "closed");
  json.member("arrival", arrival_names[static_cast<std::size_t>(plan.arrival)]);
  json.member("dispatch", dispatch_names[static_cast<std::size_t>(plan.dispatch)]);
  write_profile(json, plan);
  json.member("connections", std::uint64_t{plan.connections});
  json.member("pipeline", std::uint64_t{plan.pipeline});
  json.member("churn", plan.churn != 0);
  json.member("requests_per_connection", plan.churn);
  json.member("close", close_names[static_cast<std::size_t>(plan.close)]);
  json.member("duration_s", seconds(plan.duration));
  json.member("requests", plan.requests);
  json.member("max_errors", plan.max_errors);
  json.member("max_error_share", plan.max_error_share);
  json.member("warmup_s", seconds(plan.warmup));
  json.member("threads", std::uint64_t{plan.threads});
  json.member("connect_rate", plan.connect_rate);
  json.member("connect_timeout_s", seconds(plan.connect_timeout));
  json.member("reply_timeout_s", seconds(plan.reply_timeout));
  json.key("bind");
  json.begin_array(Layout::line);
  for (const std::string& address : plan.bind) json.value(address);
  json.end_array();
  write_proxy(json, plan.proxy);
  json.key("faults");
  json.begin_array(Layout::line);
  for (const faults::Fault& fault : plan.faults.faults) json.value(faults::to_text(fault));
  json.end_array();
  write_socket(json, plan.socket);
  json.member("busy_poll_us", std::int64_t{plan.busy_poll.count()});
  json.member("awake_before_due_us",
              std::chrono::duration_cast<std::chrono::microseconds>(plan.awake_before_due).count());
  json.member("seed", plan.seed);
  json.member("verify", plan.verify);
  write_payload(json, plan.payload);
  json.end_object();
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
  for (std::size_t kind = 0; kind < error_kinds.size(); ++kind) {
    if (results.error_examples[kind].empty()) continue;
    json.member(error_kinds[kind].name, results.error_examples[kind]);
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
    json.member("expected_hex", text::hex(mismatch.expected));
    json.member("expected_match", mismatch.pattern);
    json.member("greeting", mismatch.is_greeting);
    json.member("got_hex", text::hex(mismatch.got));
    json.member("got_sequence", mismatch.got_sequence);
    json.end_object();
  }
  json.end_array();
}

void write_stamped(JsonWriter& json, const Stamped& stamped) {
  json.key("stamped");
  if (stamped.server.empty()) return json.null();
  json.begin_object();
  write_histogram(json, "server_ns", stamped.server, Buckets::included);
  write_histogram(json, "way_ns", stamped.way, Buckets::included);
  json.member("longer", stamped.longer);
  json.end_object();
}

}  // namespace

void write_network(JsonWriter& json, const Network& network) {
  json.key("network");
  if (network.rtt.empty()) return json.null();
  json.begin_object();
  write_histogram(json, "rtt_ns", network.rtt, Buckets::included);
  json.member("min_rtt_ns", network.min_rtt.count());
  json.member("segments_sent", network.segments_sent);
  json.member("retransmits", network.retransmits);
  json.end_object();
}

std::string results_json(const Results& results, std::span<const Verdict> verdicts) {
  JsonWriter json;
  json.begin_object();
  json.member("schema", "echoline.load/2");
  json.member("version", results.version);
  json.member("started", text::timestamp(results.started, text::Fraction::milliseconds));
  write_plan(json, results.plan);
  json.member("outcome", name_of(outcome_of(results, verdicts)));
  json.member("interrupted", results.interrupted);
  json.member("valid", results.valid());
  write_strings(json, "failures", failures(results, verdicts));
  write_strings(json, "invalid", results.health.invalid);
  write_strings(json, "notes", results.notes);
  write_strings(json, "commands", results.health.commands);
  write_verdicts(json, verdicts);
  json.member("length_s", std::chrono::duration<double>(results.total.length).count());
  json.member("asked_rate",
              results.plan.open_loop() ? std::optional{results.asked_rate} : std::nullopt);
  json.member("offered_rate", results.rates.offered);
  json.member("sent_rate", results.rates.sent);
  write_figures(json, results.total, results.rates.answered);
  write_error_examples(json, results);
  write_errors(json, "other_errors", results.other_errors);
  json.member("success", results.total.success());
  json.member("availability", results.availability());
  write_outages(json, results.outages);
  write_peak(json, results.peak);
  write_histogram(json, "response_ns", results.total.response, Buckets::included);
  write_histogram(json, "service_ns", results.total.service, Buckets::included);
  write_histogram(json, "first_byte_ns",
                  results.first_byte.empty() ? results.total.service : results.first_byte,
                  Buckets::included);
  write_stamped(json, results.stamped);
  write_histogram(json, "connect_ns", results.connect, Buckets::included);
  write_stages(json, results);
  write_targets(json, results);
  write_network(json, results.network);
  write_mismatches(json, results.mismatches);
  write_generator(json, results.health);
  json.end_object();
  return json.text() + '\n';
}

std::string interval_json(const Figures& figures, bool open_loop) {
  JsonWriter json(JsonWriter::Layout::line);
  json.begin_object();
  json.member("schema", "echoline.load.interval/2");
  json.member("start_s", seconds(figures.start));
  json.member("length_s", seconds(figures.length));
  write_figures(json, figures, figures.rate());
  if (open_loop) write_histogram(json, "response_ns", figures.response, Buckets::omitted);
  write_histogram(json, "service_ns", figures.service, Buckets::omitted);
  json.end_object();
  return json.text() + '\n';
}

}  // namespace client::load::report
