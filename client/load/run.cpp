#include "client/load/run.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <utility>
#include <vector>

#include <asio/signal_set.hpp>

#include "client/load/generator.hpp"
#include "client/load/health.hpp"
#include "client/load/schedule.hpp"
#include "streams/await_asio.hpp"
#include "streams/event.hpp"
#include "streams/sleep.hpp"
#include "streams/task_group.hpp"

namespace client::load {
namespace {

using namespace std::chrono_literals;

class Run final : public Generator::Owner {
 public:
  Run(streams::EventLoop& loop, const Plan& plan, const ResolvedTarget& target, Observer& observer)
      : loop_(loop),
        plan_(plan),
        target_(target),
        observer_(observer),
        beside_(loop),
        connected_(loop),
        finished_(loop) {}

  streams::Task<Results> run();

 private:
  void connected() override;
  void counted(std::unique_ptr<Figures> figures) override;
  void finished() override;

  streams::Task<void> watch_signals();
  streams::Task<void> count_intervals();
  void ask_for_figures();
  void end_interval_if_complete();
  void begin_load();
  Results conclude();
  void collect(Results& results, Generator& generator, std::vector<ThreadLoad>& loads);
  Duration measured(Time end) const;

  streams::EventLoop& loop_;
  const Plan& plan_;
  const ResolvedTarget& target_;
  Observer& observer_;
  streams::TaskGroup beside_;
  std::size_t running_ = 0;
  std::size_t unconnected_ = 0;
  streams::Event connected_;
  streams::Event finished_;
  bool interrupted_ = false;
  Time measured_from_ = Time::max();
  Time asked_at_;               // for the figures of the current interval
  std::size_t unanswered_ = 0;  // generators that have not told theirs
  Duration last_interval_{0};   // where the one before ended
  std::vector<std::unique_ptr<Figures>> spare_;
  Figures interval_;
  Figures total_;
  std::chrono::system_clock::time_point started_;
  std::vector<std::unique_ptr<Generator>> generators_;  // last: their threads use all the others
};

streams::Task<Results> Run::run() {
  observer_.connecting(plan_);
  running_ = unconnected_ = plan_.threads;
  for (std::size_t thread = 0; thread < plan_.threads; ++thread) {
    const Share share{thread, plan_.threads, plan_.connections};
    generators_.push_back(std::make_unique<Generator>(loop_, *this, plan_, target_, share));
    spare_.push_back(std::make_unique<Figures>());
  }
  beside_.spawn(watch_signals());
  co_await connected_.wait();
  if (!interrupted_) {
    begin_load();
    beside_.spawn(count_intervals());
  }
  co_await finished_.wait();
  beside_.cancel();
  co_await beside_.join();
  for (const auto& generator : generators_) generator->rethrow();
  co_return conclude();
}

void Run::connected() {
  if (--unconnected_ == 0) connected_.set();
}

void Run::counted(std::unique_ptr<Figures> figures) {
  interval_.add(*figures);
  figures->reset();
  spare_.push_back(std::move(figures));
  if (--unanswered_ == 0) end_interval_if_complete();
}

void Run::finished() {
  if (--running_ == 0) finished_.set();
}

streams::Task<void> Run::watch_signals() {
  asio::signal_set signals(loop_.context(), SIGINT, SIGTERM);
  const auto [ec, number] = co_await signals.async_wait(streams::use_task);
  if (ec) co_return;
  interrupted_ = true;
  observer_.stopping();
  for (const auto& generator : generators_) generator->stop();
  const auto [again, second] = co_await signals.async_wait(streams::use_task);
  if (again) co_return;
  for (const auto& generator : generators_) generator->abort();
}

void Run::begin_load() {
  // All threads begin together, a moment from now.
  const Time start = Clock::now() + 1ms;
  measured_from_ = start + plan_.warmup;
  started_ = std::chrono::system_clock::now() +
             std::chrono::duration_cast<std::chrono::system_clock::duration>(1ms + plan_.warmup);
  for (const auto& generator : generators_) generator->start(start);
  observer_.started();
}

streams::Task<void> Run::count_intervals() {
  for (Time next = measured_from_ + 1s;; next += 1s) {
    // The last one ends with the run.
    if (!plan_.requests && next >= measured_from_ + plan_.duration) co_return;
    if (co_await streams::sleep_until(loop_, next)) co_return;
    // One that has not answered by now is about to end, or has no processor.
    if (unanswered_ == 0 && running_ == generators_.size()) ask_for_figures();
  }
}

void Run::ask_for_figures() {
  asked_at_ = Clock::now();
  for (const auto& generator : generators_) {
    ++unanswered_;
    generator->count(std::move(spare_.back()));
    spare_.pop_back();
  }
}

void Run::end_interval_if_complete() {
  const Duration end = asked_at_ - measured_from_;
  interval_.start = last_interval_;
  interval_.length = end - last_interval_;
  last_interval_ = end;
  observer_.interval(interval_);
  total_.add(interval_);
  interval_.reset();
}

Duration Run::measured(Time end) const {
  const Duration until_end = std::max(end - measured_from_, Duration::zero());
  // A run for a time lasts that long, also when the last reply came earlier.
  return plan_.requests || interrupted_ ? until_end : std::max(until_end, plan_.duration);
}

Results Run::conclude() {
  Results results;
  std::vector<ThreadLoad> loads;
  Time end = Time::min();
  for (const auto& generator : generators_) {
    collect(results, *generator, loads);
    end = std::max(end, generator->ended());
  }
  const bool begun = measured_from_ != Time::max();
  total_.length = begun ? measured(end) : Duration::zero();
  interval_.start = last_interval_;
  interval_.length = std::max(total_.length - last_interval_, Duration::zero());
  if (begun) observer_.interval(interval_);
  const std::uint64_t active = interval_.connections_active;
  total_.add(interval_);
  total_.connections_active = active;

  results.plan = plan_;
  results.version = ECHOLINE_VERSION;
  results.started = started_;
  results.total = std::move(total_);
  results.interrupted = interrupted_;
  if (plan_.open_loop() && begun) {
    const Schedule schedule(plan_.stages, Duration::zero());
    const Duration asked =
        plan_.requests ? results.total.length : std::min(results.total.length, plan_.duration);
    const double seconds = std::chrono::duration<double>(asked).count();
    if (seconds > 0) results.asked_rate = schedule.position(asked) / seconds;
  }
  judge(results, loads);
  return results;
}

void Run::collect(Results& results, Generator& generator, std::vector<ThreadLoad>& loads) {
  Tally& tally = generator.tally();
  loads.push_back(generator.load());
  interval_.add(*tally.figures);
  results.connect.add(tally.connect);
  results.health.lag.add(tally.lag);
  results.unsent += tally.unsent;
  for (Mismatch& mismatch : tally.mismatches) {
    if (results.mismatches.size() == Tally::max_mismatches) break;
    results.mismatches.push_back(std::move(mismatch));
  }
  for (std::string& note : tally.notes) {
    const auto known = std::find(results.notes.begin(), results.notes.end(), note);
    if (known == results.notes.end()) results.notes.push_back(std::move(note));
  }
  for (std::size_t kind = 0; kind < tally.error_examples.size(); ++kind) {
    std::string& example = results.error_examples[kind];
    if (example.empty()) example = std::move(tally.error_examples[kind]);
  }
}

}  // namespace

streams::Task<Results> run(streams::EventLoop& loop, const Plan& plan, const ResolvedTarget& target,
                           Observer& observer) {
  Run run(loop, plan, target, observer);
  co_return co_await run.run();
}

}  // namespace client::load
