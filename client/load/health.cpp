#include "client/load/health.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "client/load/advice.hpp"
#include "client/load/sentence.hpp"

namespace client::load {
namespace {

using namespace std::chrono_literals;

constexpr double saturated = 0.95;
constexpr double starved = 0.20;
constexpr double starved_beside_service = 0.50;
constexpr double worth_a_note = 0.10;
constexpr double enough_rate = 0.95;
constexpr double long_standstill = 0.05;
constexpr Duration tolerable_lag = 1ms;
constexpr double tolerable_share = 0.1;
constexpr Duration judged_from = 1s;

double share_of(Duration part, Duration whole) {
  return whole > Duration::zero()
             ? static_cast<double>(part.count()) / static_cast<double>(whole.count())
             : 0;
}

class Judge {
 public:
  explicit Judge(Results& results) : results_(results), health_(results.health) {}

  void lag();
  void rate();
  void standstills();
  void stamps();
  void starvation();
  void ports();
  void bound();
  void ceiling();

 private:
  void invalid(const std::string& what, Cause cause);
  std::string advice(Cause cause);

  Results& results_;
  Health& health_;
};

std::string Judge::advice(Cause cause) {
  if (cause == Cause::shared) health_.commands = commands_apart(health_);
  return advice_on(cause, results_);
}

void Judge::invalid(const std::string& what, Cause cause) {
  health_.invalid.push_back(what + "; " + advice(cause));
}

void Judge::lag() {
  // One of a few requests is always the last: of a handful nothing can be said.
  if (!health_.own_lag.has_percentile(90)) return;
  const double percent = health_.own_lag.has_percentile(99) ? 99 : 50;
  const Duration lag = health_.own_lag.percentile(percent);
  const Duration response = results_.total.response.percentile(percent);
  if (lag <= tolerable_lag || share_of(lag, response) <= tolerable_share) return;
  invalid(sentence("the generator sent late: %.0f %% of the requests left within %.3f ms of their "
                   "time, against a response time of %.3f ms",
                   percent, in_milliseconds(lag), in_milliseconds(response)),
          cause_of(results_));
}

void Judge::rate() {
  const double reached = results_.rates.answered;
  const double busiest = health_.busiest();
  if (busiest < saturated || reached >= enough_rate * results_.asked_rate) return;
  invalid(sentence("the generator was busy for %.0f %% of the time and reached %.0f of %.0f "
                   "requests a second",
                   100 * busiest, reached, results_.asked_rate),
          Cause::saturated);
}

void Judge::standstills() {
  const Standstills& all = health_.standstills;
  if (all.count == 0) return;
  if (share_of(all.total, results_.total.length) >= long_standstill) {
    if (results_.valid()) {
      invalid(sentence("the generator was not running for %.0f %% of the time",
                       100 * share_of(all.total, results_.total.length)),
              Cause::stood_still);
    }
    return;
  }
  results_.notes.push_back(
      sentence("the generator stood still %s%.3f s, from %.2f s on: it was stopped, or its machine "
               "was; requests that were in flight then include it in their times",
               all.count == 1 ? "for " : "several times, for up to ", in_seconds(all.longest),
               in_seconds(all.longest_from)));
}

void Judge::stamps() {
  const Stamped& stamped = results_.stamped;
  if (stamped.longer == 0) return;
  results_.notes.push_back(
      sentence("%llu of %llu stamps say that the server had a request for longer than it took: its "
               "clock is faster than this one, or whoever answers makes them up; their way counts "
               "as 0",
               static_cast<unsigned long long>(stamped.longer),
               static_cast<unsigned long long>(stamped.server.count())));
}

void Judge::starvation() {
  const double waited = health_.most_waiting();
  if (results_.total.length < judged_from || waited < worth_a_note) return;
  const Cause cause = cause_of_waiting(health_);
  const std::string what =
      sentence("the generator waited for a processor for %.0f %% of the time", 100 * waited);
  if (waited >= (cause == Cause::shared ? starved_beside_service : starved)) {
    if (results_.valid()) invalid(what, cause);
  } else if (cause == Cause::shared) {
    results_.notes.push_back(what + ", and the figures include that: " + advice(cause));
  }
}

void Judge::ports() {
  if (health_.out_of_ports == 0) return;
  health_.invalid.push_back(
      sentence("%llu attempts to connect found no free local port, and requests waited for one; "
               "give more addresses of this machine (--bind ADDR,ADDR), widen "
               "net.ipv4.ip_local_port_range, or ask for fewer connections a second "
               "(--connect-rate)",
               static_cast<unsigned long long>(health_.out_of_ports)));
}

void Judge::bound() {
  const double busiest = health_.busiest();
  if (busiest < saturated) return;
  results_.notes.push_back(
      sentence("generator-bound: a generator thread was busy for %.0f %% of the time, so the "
               "throughput is the generator's and not the service's; ",
               100 * busiest) +
      advice(Cause::saturated));
}

// What the plan's connections can have in flight, over the time that each takes, is what they can
// have answered in a second (Little's law).
void Judge::ceiling() {
  const Plan& plan = results_.plan;
  const Figures& total = results_.total;
  // The times of those that failed are time-outs above all.
  if (plan.churn || total.service.empty() || total.failed() > total.answered / 10) return;
  const double service = in_seconds(total.service.mean());
  const auto in_flight = static_cast<double>(plan.connections * plan.pipeline);
  double wanted = 0;
  for (const RateStage& stage : plan.stages) wanted = std::max({wanted, stage.from, stage.to});
  const bool waited = total.unsent() != 0 ||
                      health_.lag.percentile(99) > tolerable_lag + health_.own_lag.percentile(99);
  if (!waited || wanted * service < in_flight * enough_rate) return;
  results_.notes.push_back(sentence(
      "requests waited for a connection: a total of %zu, with %zu in flight each, and a service "
      "time of %.3f ms, allow %.0f replies per second; %.0f per second need at least %.0f",
      plan.connections, plan.pipeline, 1000 * service, in_flight / service, wanted,
      std::ceil(wanted * service / static_cast<double>(plan.pipeline) / enough_rate)));
}

}  // namespace

void judge(Results& results) {
  const Figures& total = results.total;
  if (total.answered == 0 && total.errors[ErrorKind::mismatch] != 0) {
    results.notes.emplace_back(
        "no reply was correct; does the target speak another protocol? (--protocol)");
  }
  Judge judge(results);
  // Where something came and nothing of it was right, the figures are nobody's.
  if (results.plan.protocol->has_requests && total.answered == 0 && total.bytes_received != 0) {
    return judge.ports();
  }
  if (results.plan.open_loop()) {
    judge.lag();
    judge.rate();
    // A late generator's own time is in those of the service.
    if (results.valid()) judge.ceiling();
  } else {
    judge.bound();
  }
  judge.stamps();
  judge.standstills();
  judge.starvation();
  judge.ports();
}

}  // namespace client::load
