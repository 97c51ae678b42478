#include "streams/event_loop.hpp"

namespace streams {

EventLoop::EventLoop(Options options)
    : options_(std::move(options)),
      debug_(options_.debug.enabled ? std::make_unique<Debug>(options_.debug) : nullptr) {
  turns_.watch(debug_.get());
}

EventLoop::Running::Running(EventLoop& loop) noexcept {
  TurnQueue::set_current(&loop.turns_);
  Debug::set_current(loop.debug());
}

EventLoop::Running::~Running() {
  TurnQueue::set_current(outer_turns_);
  Debug::set_current(outer_debug_);
}

void EventLoop::run_context() {
  context_.restart();
  if (options_.busy_poll.count() == 0 && !options_.has_alarm) {
    context_.run();
    return;
  }
  while (!context_.stopped()) {
    spin();
    context_.run_one();
  }
}

void EventLoop::spin() {
  // Asio's own events (timers, posts) are rarer and dearer to ask for than connections'.
  constexpr int spins_per_context_poll = 16;
  auto now = Clock::now();
  auto worked = now;
  for (int spins = 0; alarm_ != nullptr || now < worked + options_.busy_poll; ++spins) {
    bool any = ring(now);
    any = readiness_.poll() || any;
    if (spins % spins_per_context_poll == 0) any = context_.poll() != 0 || any;
    if (context_.stopped()) return;
    const auto before = std::exchange(now, Clock::now());
    if (any) {
      worked = now;
    } else {
      spun_ += now - before;
    }
  }
}

bool EventLoop::ring(Clock::time_point now) noexcept {
  if (alarm_ == nullptr || now < alarm_time_) return false;
  turns_.begin_batch();
  std::exchange(alarm_, nullptr)->on_time();
  turns_.end_turn();
  turns_.end_batch();
  return true;
}

}  // namespace streams
