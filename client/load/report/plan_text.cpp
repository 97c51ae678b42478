#include "client/load/report/plan_text.hpp"

#include <algorithm>

#include "client/load/report/quantities.hpp"

namespace client::load::report {
namespace {

std::string size_text(const Payload& payload) {
  if (payload.lines.size() == 1) return "lines of a template";
  if (!payload.lines.empty()) return "a mix of " + counted(payload.lines.size(), "line");
  if (!payload.content.empty()) {
    return "a file of " + readable_size(static_cast<double>(payload.content.size()));
  }
  const std::string most = readable_size(static_cast<double>(payload.max_size));
  if (payload.min_size == payload.max_size) return most + " a message";
  return readable_size(static_cast<double>(payload.min_size)) + " to " + most + " a message";
}

bool is_step(const RateStage& stage) { return !(stage.from < stage.to || stage.to < stage.from); }

std::string rate_text(const Plan& plan) {
  const RateStage& first = plan.stages.front();
  const RateStage& last = plan.stages.back();
  if (plan.stages.size() == 1 && is_step(first)) return readable_rate(first.to);
  std::string text = readable_rate(first.from) + " to " + readable_rate(last.to);
  if (plan.stages.size() == 1) return text;
  double peak = 0;
  for (const RateStage& stage : plan.stages) peak = std::max({peak, stage.from, stage.to});
  return text + " in " + counted(plan.stages.size(), "stage") + ", at most " + readable_rate(peak);
}

}  // namespace

std::string counted(std::uint64_t count, const char* word) {
  return readable_count(count) + ' ' + word + (count == 1 ? "" : "s");
}

std::string target_name(const Plan& plan) {
  return plan.targets.size() == 1 ? plan.targets.front().name
                                  : counted(plan.targets.size(), "target");
}

std::string target_text(const Plan& plan) {
  std::string text = target_name(plan) + ", ";
  text += plan.protocol->name;
  if (plan.protocol->has_requests) text += ", " + size_text(plan.payload);
  if (plan.payload.stamped) text += ", stamped";
  if (!plan.protocol->has_replies) return text;
  return text + (plan.verify ? ", every byte verified" : ", not verified");
}

std::string load_text(const Plan& plan) {
  std::string text = plan.open_loop() ? "open loop, " + rate_text(plan) : "closed loop";
  if (plan.open_loop() && plan.arrival == Arrival::poisson) text += " at random (Poisson)";
  text += ", " + counted(plan.connections, "connection");
  if (plan.open_loop()) {
    text += ", dispatch ";
    text += dispatch_names[static_cast<std::size_t>(plan.dispatch)];
  }
  if (plan.pipeline > 1) {
    text += plan.open_loop() ? ", at most " : ", ";
    text += readable_count(plan.pipeline) + " requests in flight on each";
  }
  if (plan.churn == 1) text += ", a new one for each request";
  if (plan.churn > 1) text += ", a new one for every " + readable_count(plan.churn) + " requests";
  if (plan.close == Close::reset) text += ", closed by reset";
  if (plan.proxy) text += ", each with a PROXY header";
  if (!plan.faults.empty()) text += ", with faults in what is sent";
  return text;
}

std::string stage_text(const RateStage& stage, Duration length) {
  std::string text = round_rate(stage.from);
  if (!is_step(stage)) text += " to " + round_rate(stage.to);
  return text + ", " + readable_span(length);
}

std::string time_text(const Plan& plan) {
  std::string text = readable_span(plan.duration);
  // Of a rate alone, which is a stage without an end of its own, there is nothing to say.
  const Duration profile = plan.profile_time();
  if (profile > plan.duration) text += " of a profile of " + readable_span(profile);
  if (profile > Duration::zero() && profile < plan.duration) {
    text +=
        ", " + readable_span(plan.duration - profile) + " of it at the last rate of the profile";
  }
  if (plan.requests) text = counted(*plan.requests, "request");
  if (plan.warmup.count() > 0) text += " after " + readable_span(plan.warmup) + " of warm-up";
  return text + ", " + counted(plan.threads, "thread");
}

}  // namespace client::load::report
