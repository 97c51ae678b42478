#include "client/load/pacer.hpp"

#include <cerrno>
#include <chrono>
#include <sys/timerfd.h>
#include <system_error>

namespace client::load {
namespace {

// In a turn: the loop has timers, signals and replies to see to, however high the rate.
constexpr int at_once = 1024;
// Requests that wait for a connection, beside those in flight. More are left in the schedule, which
// takes no memory, until some have been sent.
constexpr std::uint64_t max_waiting = 500'000;
// What is due and was never handed out is looked at one by one up to so many.
constexpr int max_single = 100'000;

}  // namespace

Pacer::Pacer(ThreadContext& context, const Arrivals& arrivals, Time start, Time end)
    : context_(context),
      arrivals_(arrivals),
      start_(start),
      end_(end),
      max_open_(max_waiting + context.dispatcher.takers() * context.plan.pipeline),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  if (!timer_) throw std::system_error(errno, std::system_category(), "timerfd_create");
  context_.loop.readiness().add(timer_.get(), *this);
  find_next();
  wake_for_next();
}

Pacer::~Pacer() {
  context_.loop.cancel_alarm();
  context_.loop.readiness().remove(*this);
}

void Pacer::stop(Time now) {
  const Time until = std::min(now, end_);
  Tally& tally = context_.tally;
  for (int i = 0; i < max_single && next_ < until; ++i) {
    tally.offered(next_);
    tally.unsent.push_back(next_);
    arrivals_.pop();
    find_next();
  }
  if (next_ < until) {
    const Arrivals::Rest rest = arrivals_.rest_before(until - start_);
    tally.add_unsent(rest.count, [&](double share) {
      return start_ + arrivals_.schedule().due(rest.from + share * (rest.until - rest.from));
    });
  }
  end_ = start_;
  find_next();
}

void Pacer::on_time() noexcept {
  look(Clock::now());
  wake_for_next();
}

void Pacer::hand_over(Time now) noexcept {
  for (int i = 0; i < at_once && next_ <= now; ++i) {
    if (context_.progress.open() >= max_open_) {
      held_until_ = now;
      return;
    }
    const Time when = next_;
    if (when >= context_.tally.measured_from && when > held_until_) {
      context_.tally.own_lag.record(now - when);
    }
    context_.dispatcher.due(when, arrivals_.front().connection, now);
    arrivals_.pop();
    find_next();
  }
}

void Pacer::find_next() noexcept {
  const Duration after = arrivals_.front().time;
  const bool never = after > end_ - start_ || after == Duration::max();
  next_ = never ? Time::max() : start_ + after;
  if (next_ >= end_) {
    next_ = Time::max();
    context_.progress.close();
  }
}

void Pacer::wake_for_next() noexcept {
  if (next_ == Time::max()) return;
  Time wake = next_;
  if (next_ <= held_until_) {
    wake = Clock::now() + std::chrono::milliseconds{1};
  } else if (const Duration early = context_.plan.awake_before_due; early > Duration::zero()) {
    if (const Time now = Clock::now(); context_.loop.may_spin(now)) {
      if (next_ - now <= early) return context_.loop.spin_until(next_, *this);
      wake -= early;
    }
  }
  const auto since_epoch = wake.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch);
  itimerspec when{};
  when.it_value.tv_sec = seconds.count();
  when.it_value.tv_nsec = std::chrono::nanoseconds(since_epoch - seconds).count();
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

}  // namespace client::load
