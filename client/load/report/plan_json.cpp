#include "client/load/report/plan_json.hpp"

namespace client::load::report {
namespace {

using Layout = JsonWriter::Layout;

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

void write_payload(JsonWriter& json, const Payload& payload) {
  json.key("payload");
  json.begin_object();
  json.member("min_size", std::uint64_t{payload.min_size});
  json.member("max_size", std::uint64_t{payload.max_size});
  json.member("content_size", std::uint64_t{payload.content.size()});
  json.member("line", payload.line);
  json.end_object();
}

void write_stages(JsonWriter& json, const Plan& plan) {
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

}  // namespace

void write_plan(JsonWriter& json, const Plan& plan) {
  json.key("plan");
  json.begin_object();
  json.member("target", plan.target_name);
  json.member("protocol", plan.protocol->name);
  json.member("loop", plan.open_loop() ? "open" : "closed");
  json.member("arrival", arrival_names[static_cast<std::size_t>(plan.arrival)]);
  write_stages(json, plan);
  json.member("connections", std::uint64_t{plan.connections});
  json.member("pipeline", std::uint64_t{plan.pipeline});
  json.member("churn", plan.churn);
  json.member("duration_s", seconds(plan.duration));
  json.member("requests", plan.requests);
  json.member("warmup_s", seconds(plan.warmup));
  json.member("threads", std::uint64_t{plan.threads});
  json.member("connect_rate", plan.connect_rate);
  json.member("connect_timeout_s", seconds(plan.connect_timeout));
  json.member("reply_timeout_s", seconds(plan.reply_timeout));
  json.key("bind");
  json.begin_array(Layout::line);
  for (const std::string& address : plan.bind) json.value(address);
  json.end_array();
  json.member("nodelay", plan.nodelay);
  json.member("busy_poll_us", std::int64_t{plan.busy_poll.count()});
  json.member("awake_before_due_us",
              std::chrono::duration_cast<std::chrono::microseconds>(plan.awake_before_due).count());
  json.member("seed", plan.seed);
  json.member("verify", plan.verify);
  write_payload(json, plan.payload);
  json.end_object();
}

}  // namespace client::load::report
