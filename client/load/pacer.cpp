#include "client/load/pacer.hpp"

#include <cerrno>
#include <chrono>
#include <sys/timerfd.h>
#include <system_error>

namespace client::load {

Pacer::Pacer(ThreadContext& context, std::span<const std::unique_ptr<LoadConnection>> connections,
             const Arrivals& arrivals, Time start, Time end)
    : context_(context),
      connections_(connections),
      arrivals_(arrivals),
      start_(start),
      end_(end),
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

void Pacer::stop() noexcept {
  end_ = start_;
  find_next();
}

void Pacer::on_time() noexcept {
  look(Clock::now());
  wake_for_next();
}

void Pacer::hand_over(Time now) noexcept {
  while (next_ <= now) {
    const Time when = next_;
    LoadConnection& connection = *connections_[arrivals_.front().connection];
    if (when >= context_.tally.measured_from) context_.tally.lag.record(now - when);
    connection.due(when, now);
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
  if (const Duration early = context_.plan.awake_before_due; early > Duration::zero()) {
    if (next_ - Clock::now() <= early) return context_.loop.spin_until(next_, *this);
    wake -= early;
  }
  const auto since_epoch = wake.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch);
  itimerspec when{};
  when.it_value.tv_sec = seconds.count();
  when.it_value.tv_nsec = std::chrono::nanoseconds(since_epoch - seconds).count();
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

}  // namespace client::load
