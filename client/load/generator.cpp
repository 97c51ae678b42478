#include "client/load/generator.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <pthread.h>
#include <sched.h>
#include <string>
#include <utility>

#include "streams/sleep.hpp"

namespace client::load {
namespace {

using namespace std::chrono_literals;

// For the peers' FINs at the end. One that does not end when we do is not waited for.
constexpr Duration closing_time = 500ms;
// For what is under way when the run is interrupted.
constexpr Duration interrupted_patience = 1s;

/// Signals are for the main thread; a thread inherits what is blocked.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

/// From here on the calling thread has a copy of the process's table of descriptors: what it opens
/// and closes concerns no other thread, and what others open is unknown to it. Does nothing where
/// the kernel refuses.
void unshare_descriptors() noexcept {
#ifndef __SANITIZE_THREAD__
  // ThreadSanitizer takes the same number in two tables for the same file.
  static_cast<void>(::unshare(CLONE_FILES));
#endif
}

streams::EventLoop::Options loop_options(const Plan& plan) {
  streams::EventLoop::Options options(plan.busy_poll);
  options.has_alarm = plan.open_loop();
  options.awake_before_alarm = plan.awake_before_due;
  return options;
}

}  // namespace

Generator::Generator(streams::EventLoop& home, Owner& owner, const Plan& plan,
                     const std::vector<ResolvedTarget>& targets, const Share& share)
    : home_(home),
      owner_(owner),
      plan_(plan),
      share_(share),
      loop_(loop_options(plan)),
      messages_(plan.protocol->make_messages(plan)),
      tally_(plan),
      progress_(loop_),
      dispatcher_(plan.dispatch, tally_, progress_),
      connector_(loop_, plan, targets, share, tally_, progress_),
      start_requested_(loop_),
      started_(loop_),
      first_connects_done_(loop_),
      context_{loop_,
               plan,
               *messages_,
               connector_,
               tally_,
               progress_,
               dispatcher_,
               started_,
               nullptr,
               share.own(),
               first_connects_done_,
               false,
               false,
               [this] { tell([this] { owner_.wrong_protocol(); }); }},
      group_(loop_),
      warmed_up_(loop_),
      end_(loop_),
      sweep_(loop_),
      pulse_(loop_) {
  const SignalsBlocked blocked;
  thread_ = std::thread(&Generator::run_thread, this);
  ::pthread_setname_np(thread_.native_handle(), ("load-" + std::to_string(share.thread)).c_str());
}

Generator::~Generator() { thread_.join(); }

void Generator::start(Time at) {
  loop_.call_soon_threadsafe([this, at] {
    start_ = at;
    start_requested_.set();
  });
}

void Generator::count(std::unique_ptr<Figures> empty) {
  loop_.call_soon_threadsafe([this, figures = std::move(empty)]() mutable {
    update_figures();
    tally_.figures.swap(figures);
    tell([this, full = std::move(figures)]() mutable {
      owner_.counted(share_.thread, std::move(full));
    });
  });
}

void Generator::stop() {
  loop_.call_soon_threadsafe([this] {
    context_.interrupted = true;
    end_sending(interrupted_patience);
    if (!started_.is_set()) give_up();
  });
}

void Generator::abort() {
  loop_.call_soon_threadsafe([this] {
    context_.interrupted = true;
    end_sending(Duration::zero());
    give_up();
  });
}

void Generator::rethrow() const {
  if (failure_) std::rethrow_exception(failure_);
}

template <class Function>
void Generator::tell(Function function) {
  home_.call_soon_threadsafe(std::move(function));
}

void Generator::run_thread() noexcept {
  if (plan_.own_descriptors) unshare_descriptors();
  try {
    loop_.run(live());
  } catch (...) {
    failure_ = std::current_exception();
  }
  // What was opened here is closed here: the numbers mean nothing in another thread's table.
  pacer_.reset();
  connections_.clear();
  tell([this] { owner_.finished(share_.thread); });
}

streams::Task<void> Generator::live() {
  connections_.reserve(share_.own());
  for (std::size_t i = 0; i < share_.own(); ++i) {
    connections_.push_back(plan_.protocol->make_connection(context_, share_.number(i)));
  }
  for (const auto& connection : connections_) group_.spawn(connection->run());
  co_await first_connects_done_.wait();
  tell([this] { owner_.connected(); });
  if (!context_.interrupted) co_await start_requested_.wait();
  if (!context_.interrupted) {
    // Nothing cancels it.
    static_cast<void>(co_await streams::sleep_until(loop_, start_));
    if (!context_.interrupted) begin_or_fail();
  }
  co_await progress_.done().wait();

  const Time now = Clock::now();
  tally_.fail_unsent(now);
  connector_.note_outage(now);
  update_figures();
  ended_ = tally_.last_reply == Time{} ? now : tally_.last_reply;
  if (sending_) load_ = between(usage_, ThreadUsage::of_this_thread(loop_.spun()));
  sweep_.cancel();
  pulse_.end();
  context_.pacing = nullptr;
  pacer_.reset();
  context_.ending = true;
  for (const auto& connection : connections_) connection->end();
  end_.call_later(context_.interrupted ? Duration::zero() : closing_time,
                  [this] { group_.cancel(); });
  co_await group_.join();
  end_.cancel();
}

void Generator::begin_or_fail() noexcept {
  try {
    begin();
  } catch (...) {
    // The connections have to end before finished() is reported.
    failure_ = std::current_exception();
    context_.interrupted = true;
    end_sending(Duration::zero());
    give_up();
  }
}

void Generator::begin() {
  const Time measured_from = start_ + plan_.warmup;
  // The closed loop's requests belong to the measurement from the moment that it really begins.
  if (plan_.open_loop()) tally_.measured_from = measured_from;
  tally_.begin(measured_from);
  started_.set();
  check_times();
  if (plan_.warmup > Duration::zero()) {
    if (!plan_.open_loop()) progress_.allow(Progress::no_limit);
    warmed_up_.call_later(measured_from - Clock::now(), [this] { begin_measurement(); });
  } else {
    begin_measurement();
  }
  const Time end = plan_.requests ? Time::max() : measured_from + plan_.duration;
  if (plan_.open_loop()) {
    schedule_.emplace(plan_.stages, plan_.warmup);
    pacer_.emplace(context_, Arrivals(*schedule_, plan_, share_), start_, end);
    context_.pacing = &*pacer_;
  }
  if (!plan_.requests) {
    end_.call_later(end - Clock::now(), [this] { end_sending(plan_.reply_timeout); });
  }
  if (!plan_.open_loop()) start_connections(0);
}

// A few in a turn: what they send leaves when it ends, and takes a buffer each until then.
void Generator::start_connections(std::size_t first) {
  constexpr std::size_t in_a_turn = 32;
  if (context_.ending || context_.interrupted) return;
  const std::size_t last = std::min(first + in_a_turn, connections_.size());
  for (std::size_t i = first; i < last; ++i) connections_[i]->start();
  if (last < connections_.size())
    loop_.call_soon_threadsafe([this, last] { start_connections(last); });
}

void Generator::begin_measurement() {
  if (!plan_.open_loop()) tally_.measured_from = Clock::now();
  if (plan_.churn) tally_.figures->connections_opened = 0;
  bytes_sent_ = loop_.traffic().sent.value();
  bytes_received_ = loop_.traffic().received.value();
  usage_ = ThreadUsage::of_this_thread(loop_.spun());
  sending_ = true;
  pulse_.begin();
  if (!plan_.open_loop()) {
    progress_.allow(plan_.requests ? share_.part_of(*plan_.requests) : Progress::no_limit);
  }
}

void Generator::end_sending(Duration patience) {
  if (std::exchange(sending_, false))
    load_ = between(usage_, ThreadUsage::of_this_thread(loop_.spun()));
  warmed_up_.cancel();
  if (pacer_) pacer_->stop(Clock::now());
  dispatcher_.drop_waiting();
  for (const auto& connection : connections_) connection->drop_unsent();
  if (patience > Duration::zero()) end_.call_later(patience, [this] { give_up(); });
  progress_.close();
}

void Generator::give_up() {
  context_.ending = true;
  for (const auto& connection : connections_) connection->give_up();
  start_requested_.set();
  group_.cancel();
}

void Generator::check_times() {
  const Time now = Clock::now();
  for (const auto& connection : connections_) connection->check_time(now);
  // A fixed number of requests has no other end when nobody answers any more.
  const Time last = std::max(tally_.last_reply, start_ + plan_.warmup);
  if (plan_.requests && now - last > plan_.connect_timeout + plan_.reply_timeout) {
    end_sending(Duration::zero());
    give_up();
    return;
  }
  const Duration pause = std::clamp<Duration>(plan_.reply_timeout / 8, 5ms, 1s);
  sweep_.call_later(pause, [this] { check_times(); });
}

void Generator::update_figures() {
  Figures& figures = *tally_.figures;
  const std::uint64_t sent = loop_.traffic().sent.value();
  const std::uint64_t received = loop_.traffic().received.value();
  figures.bytes_sent += sent - std::exchange(bytes_sent_, sent);
  figures.bytes_received += received - std::exchange(bytes_received_, received);
  figures.connections_active = tally_.active;
  figures.under_way = progress_.open();
}

}  // namespace client::load
