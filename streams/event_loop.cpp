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
  using Clock = std::chrono::steady_clock;
  context_.restart();
  if (options_.busy_poll.count() == 0) {
    context_.run();
    return;
  }
  // Asio's own events (accepts, timers, posts) are rarer and dearer to ask for than connections'.
  constexpr int spins_per_context_poll = 16;
  while (!context_.stopped()) {
    auto deadline = Clock::now() + options_.busy_poll;
    for (int spin = 0; Clock::now() < deadline; ++spin) {
      bool any = readiness_.poll();
      if (spin % spins_per_context_poll == 0) any = context_.poll() != 0 || any;
      if (context_.stopped()) return;
      if (any) deadline = Clock::now() + options_.busy_poll;
    }
    context_.run_one();
  }
}

}  // namespace streams
