#include "client/load/pacer.hpp"

#include <algorithm>
#include <chrono>

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
      max_open_(max_waiting + context.dispatcher.takers() * context.plan.pipeline) {
  find_next();
  wake_for_next();
}

Pacer::~Pacer() { context_.loop.cancel_alarm(); }

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
  const bool held = next_ <= held_until_;
  context_.loop.set_alarm(held ? Clock::now() + std::chrono::milliseconds{1} : next_, *this);
}

}  // namespace client::load
