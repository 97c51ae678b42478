#include "client/self_test/trial.hpp"

#include <atomic>
#include <sched.h>
#include <thread>
#include <utility>
#include <vector>

#include "client/load/observer.hpp"
#include "client/load/preflight.hpp"
#include "client/load/processors.hpp"
#include "client/load/run.hpp"
#include "client/load/sentence.hpp"

namespace client::self_test {
namespace {

using namespace std::chrono_literals;

/// How late a thread may wake in one of a thousand cases before the machine counts as disturbed.
constexpr Duration tolerable_jitter = 100us;

load::Plan plan_for(std::uint16_t port, double rate, std::size_t connections, Duration duration) {
  load::Plan plan;
  plan.targets.push_back({streams::HostPort{"127.0.0.1", port}, "the built-in service"});
  plan.connections = connections;
  plan.stages = {{rate, rate, duration}};
  plan.duration = duration;
  // As a run has it by default.
  if (load::Processors::of_this_process().let_spin(plan.threads)) plan.awake_before_due = 100us;
  return plan;
}

/// The calling thread and those that it makes from now on run on one processor, for a while.
class OnOneProcessor {
 public:
  OnOneProcessor() noexcept {
    if (::sched_getaffinity(0, sizeof before_, &before_) != 0) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    for (std::size_t number = 0; number < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++number) {
      if (CPU_ISSET(number, &before_)) CPU_SET(number, &one);
    }
    holds_ = ::sched_setaffinity(0, sizeof one, &one) == 0;
  }
  ~OnOneProcessor() {
    if (holds_) ::sched_setaffinity(0, sizeof before_, &before_);
  }
  OnOneProcessor(const OnOneProcessor&) = delete;
  OnOneProcessor& operator=(const OnOneProcessor&) = delete;

  bool holds() const noexcept { return holds_; }

 private:
  cpu_set_t before_{};
  bool holds_ = false;
};

/// Threads that compute for as long as they are.
class Crowd {
 public:
  explicit Crowd(std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      threads_.emplace_back([this] {
        while (!leaving_.load(std::memory_order_relaxed)) {
        }
      });
    }
  }
  ~Crowd() {
    leaving_ = true;
    for (std::thread& thread : threads_) thread.join();
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

 private:
  std::atomic<bool> leaving_{false};
  std::vector<std::thread> threads_;
};

}  // namespace

streams::Task<Trial> try_load(streams::EventLoop& loop, Delays delays, double rate,
                              std::size_t connections, Duration duration) {
  KnownService service(delays);
  const load::Plan plan = plan_for(service.port(), rate, connections, duration);
  const streams::HostPort address("127.0.0.1", service.port());
  std::vector<load::ResolvedTarget> targets(1);
  targets[0].address = streams::Endpoint::of_literal(address).value();
  load::NoObserver observer;
  Trial trial;
  auto running = load::run(loop, plan, targets, observer);
  trial.results = co_await std::move(running);
  service.stop();
  trial.log.add(service.log());
  trial.overslept.add(service.overslept());
  co_return std::move(trial);
}

streams::Task<std::optional<Trial>> try_starved(streams::EventLoop& loop) {
  constexpr double rate = 50'000;
  std::optional<Trial> trial;
  const OnOneProcessor together;
  if (!together.holds()) co_return trial;
  const Crowd crowd(8);
  auto trying = try_load(loop, none, rate, 50, 1s);
  trial = co_await std::move(trying);
  co_return std::move(trial);
}

std::string why_invalid(const load::Results& results) {
  if (results.valid()) return {};
  const std::string& reason = results.health.invalid.front();
  return reason.substr(0, reason.find(';'));
}

std::string disturbance(const Trial& trial) {
  const load::Health& health = trial.results.health;
  if (!trial.results.valid()) return why_invalid(trial.results);
  if (trial.results.total.errors.total() != 0) return "not every request was answered";
  if (health.standstills.count != 0) return "the generator stood still for a while";
  if (health.surroundings.stolen > 0) return "the hypervisor gave the processors to others";
  const Duration late = health.lag.percentile(99.9);
  if (late > tolerable_jitter) {
    return load::sentence("one request of a thousand left %.3f ms late",
                          load::in_milliseconds(late));
  }
  const Duration overslept = trial.overslept.percentile(99.9) - trial.overslept.percentile(50);
  if (overslept > tolerable_jitter) {
    return load::sentence("the service was woken up to %.3f ms later than usual",
                          load::in_milliseconds(overslept));
  }
  return {};
}

}  // namespace client::self_test
