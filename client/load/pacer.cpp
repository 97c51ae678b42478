#include "client/load/pacer.hpp"

#include <cerrno>
#include <chrono>
#include <sys/timerfd.h>
#include <system_error>

namespace client::load {

Pacer::Pacer(Crew& crew, std::span<const std::unique_ptr<Lane>> lanes, const Arrivals& arrivals,
             Time start, Time end)
    : crew_(crew),
      lanes_(lanes),
      arrivals_(arrivals),
      start_(start),
      end_(end),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  if (!timer_) throw std::system_error(errno, std::system_category(), "timerfd_create");
  crew_.loop.readiness().add(timer_.get(), *this);
  find_next();
  wake_for_next();
}

Pacer::~Pacer() {
  crew_.loop.cancel_alarm();
  crew_.loop.readiness().remove(*this);
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
    Lane& lane = *lanes_[arrivals_.front().lane];
    if (when >= crew_.tally.measured_from) crew_.tally.lag.record(now - when);
    lane.due(when, now);
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
    crew_.progress.close();
  }
}

void Pacer::wake_for_next() noexcept {
  if (next_ == Time::max()) return;
  Time wake = next_;
  if (const Duration early = crew_.plan.awake_before_due; early > Duration::zero()) {
    if (next_ - Clock::now() <= early) return crew_.loop.spin_until(next_, *this);
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
