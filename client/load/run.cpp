#include "client/load/run.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <asio/signal_set.hpp>

#include "client/load/collect.hpp"
#include "client/load/generator.hpp"
#include "client/load/health.hpp"
#include "streams/await_asio.hpp"
#include "streams/event.hpp"
#include "streams/sleep.hpp"
#include "streams/task_group.hpp"

namespace client::load {
namespace {

using namespace std::chrono_literals;

class Run final : public Generator::Owner {
 public:
  Run(streams::EventLoop& loop, const Plan& plan, const std::vector<ResolvedTarget>& targets,
      Observer& observer)
      : loop_(loop),
        plan_(plan),
        targets_(targets),
        observer_(observer),
        beside_(loop),
        lookout_(targets),
        connected_(loop),
        finished_(loop) {}

  streams::Task<Results> run();

 private:
  void connected() override;
  void counted(std::size_t thread, std::unique_ptr<Figures> figures) override;
  void wrong_protocol() override;
  void finished(std::size_t thread) override;

  streams::Task<void> watch_signals();
  streams::Task<void> count_intervals();
  void ask_for_figures();
  void end_interval_if_complete();
  void begin_load();
  void end_early(std::string why);
  void end_if_hopeless();
  void note_peak();
  Results conclude();
  Duration measured(Time end) const;

  streams::EventLoop& loop_;
  const Plan& plan_;
  const std::vector<ResolvedTarget>& targets_;
  Observer& observer_;
  streams::TaskGroup beside_;
  Lookout lookout_;
  std::size_t running_ = 0;
  std::size_t unconnected_ = 0;
  streams::Event connected_;
  streams::Event finished_;
  bool interrupted_ = false;
  std::string ended_early_;  // why
  Duration last_answer_{0};  // the end of the last interval in which something was answered
  bool has_failed_since_ = false;
  Time measured_from_ = Time::max();
  Time asked_at_;               // for the figures of the current interval
  std::size_t unanswered_ = 0;  // generators that have not told theirs
  std::vector<bool> asked_;     // for each of them
  std::vector<bool> has_finished_;
  Duration last_interval_{0};  // where the one before ended
  std::vector<std::unique_ptr<Figures>> spare_;
  Figures interval_;
  Figures total_;
  std::optional<Peak> peak_;
  std::chrono::system_clock::time_point started_;
  std::vector<std::unique_ptr<Generator>> generators_;  // last: their threads use all the others
};

streams::Task<Results> Run::run() {
  observer_.connecting(plan_);
  running_ = unconnected_ = plan_.threads;
  asked_.resize(plan_.threads);
  has_finished_.resize(plan_.threads);
  for (std::size_t thread = 0; thread < plan_.threads; ++thread) {
    const Share share{thread, plan_.threads, plan_.connections};
    generators_.push_back(std::make_unique<Generator>(loop_, *this, plan_, targets_, share));
    spare_.push_back(std::make_unique<Figures>());
  }
  beside_.spawn(watch_signals());
  co_await connected_.wait();
  if (!interrupted_ && ended_early_.empty()) {
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

void Run::counted(std::size_t thread, std::unique_ptr<Figures> figures) {
  asked_[thread] = false;
  interval_.add(*figures);
  figures->reset();
  spare_.push_back(std::move(figures));
  if (--unanswered_ == 0) end_interval_if_complete();
}

void Run::wrong_protocol() {
  end_early("the replies are not those of --protocol " + std::string(plan_.protocol->name) +
            ": the first ones were all wrong");
}

void Run::end_early(std::string why) {
  if (interrupted_ || !ended_early_.empty()) return;
  ended_early_ = std::move(why);
  for (const auto& generator : generators_) generator->stop();
}

void Run::finished(std::size_t thread) {
  has_finished_[thread] = true;
  // What it was asked for comes with the others' last figures.
  if (asked_[thread] && --unanswered_ == 0) end_interval_if_complete();
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
  lookout_.begin();
  // All threads begin together, a moment from now.
  const Time start = Clock::now() + 1ms;
  measured_from_ = start + plan_.warmup;
  started_ = std::chrono::system_clock::now() +
             std::chrono::duration_cast<std::chrono::system_clock::duration>(1ms + plan_.warmup);
  for (const auto& generator : generators_) generator->start(start);
  observer_.started();
}

streams::Task<void> Run::count_intervals() {
  const Time end = plan_.requests ? Time::max() : measured_from_ + plan_.duration;
  for (Time next = measured_from_;;) {
    // The last second ends with the run, unless that waits for replies.
    constexpr Duration ordinary_wait = 100ms;
    next = next < end && next + 1s >= end ? end + ordinary_wait : next + 1s;
    if (co_await streams::sleep_until(loop_, next)) co_return;
    // One that has not answered by now is about to end, or has no processor.
    if (unanswered_ == 0) ask_for_figures();
  }
}

void Run::ask_for_figures() {
  asked_at_ = Clock::now();
  for (std::size_t thread = 0; thread < generators_.size(); ++thread) {
    if (has_finished_[thread]) continue;
    ++unanswered_;
    asked_[thread] = true;
    generators_[thread]->count(std::move(spare_.back()));
    spare_.pop_back();
  }
}

void Run::end_interval_if_complete() {
  const Duration end = asked_at_ - measured_from_;
  interval_.start = last_interval_;
  interval_.length = end - last_interval_;
  last_interval_ = end;
  observer_.interval(interval_);
  note_peak();
  total_.add(interval_);
  end_if_hopeless();
  interval_.reset();
}

// Called when the figures of an interval are complete and in the total.
void Run::end_if_hopeless() {
  const std::uint64_t errors = total_.errors.total();
  const std::uint64_t all = total_.answered + errors;
  if (plan_.max_errors && errors > *plan_.max_errors) {
    return end_early(std::to_string(errors) + " errors are more than --max-errors allows");
  }
  if (plan_.max_error_share && errors > 0 &&
      static_cast<double>(errors) > *plan_.max_error_share * static_cast<double>(all)) {
    return end_early(std::to_string(errors) + " errors of " + std::to_string(all) +
                     " requests are more than --max-errors allows");
  }
  if (interval_.answered != 0 || (!plan_.protocol->has_requests && interval_.bytes_received != 0)) {
    last_answer_ = last_interval_;
    has_failed_since_ = false;
    return;
  }
  has_failed_since_ |= interval_.errors.total() != 0 || interval_.connects_failed != 0;
  const Duration silence = last_interval_ - last_answer_;
  if (plan_.end_when_gone && has_failed_since_ &&
      silence > plan_.connect_timeout + plan_.reply_timeout) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(silence);
    end_early("nothing was answered for the last " + std::to_string(seconds.count()) + " s");
  }
}

void Run::note_peak() {
  constexpr Duration shortest = 500ms;  // less makes no rate
  if (interval_.length < shortest || (peak_ && peak_->rate >= interval_.rate())) return;
  peak_ = {interval_.rate(), interval_.start};
}

Duration Run::measured(Time end) const {
  const Duration until_end = std::max(end - measured_from_, Duration::zero());
  // A run for a time lasts that long, also when the last reply came earlier.
  return plan_.requests || interrupted_ || !ended_early_.empty()
             ? until_end
             : std::max(until_end, plan_.duration);
}

Results Run::conclude() {
  Time end = Time::min();
  for (const auto& generator : generators_) {
    interval_.add(*generator->tally().figures);
    end = std::max(end, generator->ended());
  }
  const bool begun = measured_from_ != Time::max();
  total_.length = begun ? measured(end) : Duration::zero();
  interval_.start = last_interval_;
  interval_.length = std::max(total_.length - last_interval_, Duration::zero());
  if (begun) observer_.interval(interval_);
  note_peak();
  const std::uint64_t active = interval_.connections_active;
  total_.add(interval_);
  total_.connections_active = active;
  total_.under_way = 0;

  Results results;
  results.plan = plan_;
  results.version = ECHOLINE_VERSION;
  results.started = started_;
  results.total = std::move(total_);
  results.interrupted = interrupted_;
  results.ended_early = ended_early_;
  results.peak = peak_;
  collect(results, generators_, measured_from_);
  results.health.surroundings = lookout_.end();
  judge(results);
  return results;
}

}  // namespace

streams::Task<Results> run(streams::EventLoop& loop, const Plan& plan,
                           const std::vector<ResolvedTarget>& targets, Observer& observer) {
  Run run(loop, plan, targets, observer);
  co_return co_await run.run();
}

}  // namespace client::load
