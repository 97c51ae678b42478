#include "client/load/health.hpp"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <string>

namespace client::load {
namespace {

using namespace std::chrono_literals;

constexpr double saturated = 0.95;
constexpr double starved = 0.20;
constexpr double enough_rate = 0.95;
constexpr Duration tolerable_lag = 1ms;
constexpr double tolerable_share = 0.1;
constexpr Duration judged_from = 1s;

[[gnu::format(printf, 1, 2)]] std::string print(const char* format, ...) {
  std::array<char, 400> text{};
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  return text.data();
}

double in_milliseconds(Duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

void judge_lag(Results& results) {
  const Duration lag = results.health.own_lag.percentile(99);
  const Duration response = results.total.response.percentile(99);
  if (lag <= tolerable_lag ||
      static_cast<double>(lag.count()) <= tolerable_share * static_cast<double>(response.count())) {
    return;
  }
  results.health.invalid.push_back(
      print("the generator sent late: 99 %% of the requests left within %.3f ms of their time, "
            "against a response time of %.3f ms; give it more threads (--threads) and processors "
            "of its own, spin (--busy-poll 100us), or ask for less (--rate)",
            in_milliseconds(lag), in_milliseconds(response)));
}

void judge_rate(Results& results, double busiest) {
  const double reached = results.rates.answered;
  if (busiest < saturated || reached >= enough_rate * results.asked_rate) return;
  results.health.invalid.push_back(
      print("the generator was busy for %.0f %% of the time and reached %.0f of %.0f requests a "
            "second; give it more threads (--threads) and processors, or ask for less (--rate)",
            100 * busiest, reached, results.asked_rate));
}

void judge_ports(Results& results) {
  if (results.health.out_of_ports == 0) return;
  results.health.invalid.push_back(
      print("%llu attempts to connect found no free local port, and requests waited for one; give "
            "more addresses of this machine (--bind ADDR,ADDR), widen "
            "net.ipv4.ip_local_port_range, or ask for fewer connections a second (--connect-rate)",
            static_cast<unsigned long long>(results.health.out_of_ports)));
}

void judge_starvation(Results& results, double waited) {
  if (waited < starved || results.total.length < judged_from) return;
  results.health.invalid.push_back(
      print("the generator waited for a processor for %.0f %% of the time; give it one that "
            "neither the service nor anything else uses",
            100 * waited));
}

}  // namespace

void judge(Results& results, const std::vector<ThreadLoad>& loads) {
  double busiest = 0;
  double waited = 0;
  for (const ThreadLoad& load : loads) {
    results.health.thread_busy.push_back(std::min(load.busy, 1.0));
    busiest = std::max(busiest, load.busy);
    waited = std::max(waited, load.waited);
  }
  if (results.plan.open_loop()) {
    judge_lag(results);
    judge_rate(results, busiest);
  } else if (busiest >= saturated) {
    results.notes.push_back(
        print("generator-bound: a generator thread was busy for %.0f %% of the time, so the "
              "throughput is the generator's and not the service's; use more threads (--threads)",
              100 * busiest));
  }
  judge_starvation(results, waited);
  judge_ports(results);
  if (results.total.answered == 0 && results.total.errors[ErrorKind::mismatch] != 0) {
    results.notes.emplace_back(
        "no reply was as it had to be; does the target speak another protocol? (--protocol)");
  }
}

}  // namespace client::load
