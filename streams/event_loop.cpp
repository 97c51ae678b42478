#include "streams/event_loop.hpp"

#include <cstdio>

#include "streams/exception_group.hpp"
#include "streams/misuse.hpp"

namespace streams {
namespace {

void print(const char* where, const std::exception_ptr& exception) noexcept {
  try {
    std::fprintf(stderr, "streams: exception %s: %s\n", where, describe(exception).c_str());
  } catch (...) {
    std::fprintf(stderr, "streams: exception %s, and no memory to say which\n", where);
  }
}

}  // namespace

EventLoop::EventLoop(Options options)
    : options_(std::move(options)),
      debug_(options_.debug.enabled ? std::make_unique<Debug>(options_.debug) : nullptr) {
  turns_.watch(debug_.get());
}

EventLoop::Running::Running(EventLoop& loop) : loop_(loop) {
  if (loop.running_.exchange(true)) misuse("run() of a loop that runs already");
  TurnQueue::set_current(&loop.turns_);
  Debug::set_current(loop.debug());
}

EventLoop::Running::~Running() {
  loop_.running_ = false;
  TurnQueue::set_current(outer_turns_);
  Debug::set_current(outer_debug_);
}

void EventLoop::call_exception_handler(const char* where,
                                       const std::exception_ptr& exception) noexcept {
  if (!exception_handler_) return print(where, exception);
  try {
    exception_handler_(where, exception);
  } catch (...) {
    print(where, exception);
    print("in the exception handler", std::current_exception());
  }
}

// What leaves the context comes from a handler that was not ours.
void EventLoop::run_context() noexcept {
  context_.restart();
  for (;;) {
    try {
      return run_until_done();
    } catch (...) {
      call_exception_handler("in a handler of the io_context", std::current_exception());
    }
  }
}

void EventLoop::run_until_done() {
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
    if (!may_spin(now)) {
      ring(alarm_time_);
      if (alarm_ == nullptr) return;
      // Set again: to who was called, a moment later, the pause was over.
      now = Clock::now();
      continue;
    }
    bool any = ring(now);
    any = readiness_.poll() || any;
    if (spins % spins_per_context_poll == 0) any = context_.poll() != 0 || any;
    if (context_.stopped()) return;
    const auto before = std::exchange(now, Clock::now());
    if (any) {
      worked = now;
    } else {
      spinning_.looked_in_vain(now - before);
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
