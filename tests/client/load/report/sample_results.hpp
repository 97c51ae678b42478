// Results of runs that never were, to be reported.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "client/load/results.hpp"

namespace tests {

/// Times around `middle` with a long tail, the same each time.
inline client::measure::Histogram sample_times(std::chrono::nanoseconds middle,
                                               std::uint64_t count) {
  client::measure::Histogram times;
  std::uint64_t state = 1;
  for (std::uint64_t i = 0; i < count; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    // Evenly from 0 to 1; its inverse has the tail.
    const double even = static_cast<double>(state >> 11U) * 0x1p-53;
    const double factor = 0.7 + 0.3 / (1.001 - even) * (0.2 + even);
    times.record(std::chrono::nanoseconds{
        static_cast<std::int64_t>(static_cast<double>(middle.count()) * factor)});
  }
  return times;
}

inline client::load::Results closed_loop_results() {
  using namespace std::chrono_literals;
  client::load::Results results;
  results.plan.targets = {{streams::HostPort{"127.0.0.1", 7007}, "127.0.0.1:7007"}};
  results.plan.warmup = 2s;
  results.version = "1.2.3";
  results.started = std::chrono::system_clock::time_point{1700000000123ms};
  results.total.length = 10s;
  results.total.offered = results.total.answered = 1'234'567;
  results.rates = {.offered = 123'456.7, .sent = 123'456.7, .answered = 123'456.7};
  results.total.bytes_sent = 1'234'567 * 64;
  results.total.bytes_received = 1'234'567 * 64;
  results.total.connections_opened = 50;
  results.total.connections_active = 50;
  results.total.service = sample_times(38us, 20'000);
  results.connect = sample_times(61us, 50);
  results.health.threads = {{.busy = 0.432}};
  return results;
}

inline client::load::Results open_loop_results() {
  using namespace std::chrono_literals;
  client::load::Results results = closed_loop_results();
  results.plan.stages = {{.from = 50'000, .to = 50'000, .time = 10s}};
  results.asked_rate = 50'000;
  results.total.offered = results.total.answered = 499'950;
  results.rates = {.offered = 50'000, .sent = 49'998, .answered = 49'995};
  results.total.response = sample_times(45us, 20'000);
  results.total.response.record(7310us, 20);
  results.health.lag = sample_times(5us, 20'000);
  results.health.own_lag = sample_times(4us, 20'000);
  return results;
}

/// A ramp and a hold, and a second target.
inline void add_parts(client::load::Results& results) {
  using namespace std::chrono_literals;
  results.plan.stages = {{.from = 1000, .to = 50'000, .time = 10s},
                         {.from = 50'000, .to = 50'000, .time = 20s}};
  results.plan.targets.push_back({streams::HostPort{"::1", 7}, "[::1]:7"});
  results.peak = {{.rate = 49'990, .start = 12s}};
  results.stages.resize(2);
  results.stages[0].length = 10s;
  results.stages[1].start = 10s;
  results.stages[1].length = 20s;
  results.targets.resize(2);
  const auto fill = [](client::load::Part& part, std::uint64_t errors) {
    part.answered = 255'000;
    part.errors[client::load::ErrorKind::timeout] = errors;
    part.offered = part.answered + errors;
    part.times = sample_times(45us, 2000);
  };
  fill(results.stages[0], 0);
  fill(results.stages[1], 1234);
  fill(results.targets[0], 0);
  fill(results.targets[1], 1234);
}

}  // namespace tests
