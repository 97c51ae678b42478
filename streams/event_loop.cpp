#include "streams/event_loop.hpp"

#include <algorithm>
#include <cstdio>
#include <sys/prctl.h>

#include "streams/exception_group.hpp"
#include "streams/misuse.hpp"

namespace streams {

using namespace std::chrono_literals;

namespace {

// In the readiness set, which knows nothing of the io_context's timers and posts.
constexpr std::chrono::nanoseconds longest_sleep = 1ms;

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
  // The kernel wakes a sleeper 50 us late, to save wake-ups. prctl(2).
  if (options_.has_alarm) ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  while (!context_.stopped()) {
    poll();
    context_.run_one();
  }
}

// Asio's own events (timers, posts) are rarer and dearer to ask for than connections'.
void EventLoop::poll() {
  constexpr int looks_per_context_poll = 16;
  auto now = Clock::now();
  auto worked = now;
  auto context_polled = now;
  for (int looks = 0; alarm_ != nullptr || now < worked + options_.busy_poll; ++looks) {
    const bool spins = now < worked + options_.busy_poll;
    bool any = ring(now);
    if (any) now = Clock::now();
    const auto sleep = spins || alarm_ == nullptr ? 0ns : sleep_before_alarm(now);
    if (sleep > longest_sleep) return wake_context(now + sleep - longest_sleep);
    any = readiness_.poll(sleep) || any;
    if (looks % looks_per_context_poll == 0 || now >= context_polled + longest_sleep) {
      any = context_.poll() != 0 || any;
      context_polled = now;
    }
    if (context_.stopped()) return;
    const auto before = std::exchange(now, Clock::now());
    if (any) {
      worked = now;
    } else if (sleep == 0ns) {
      spinning_.looked_in_vain(now - before);
    }
  }
}

std::chrono::nanoseconds EventLoop::sleep_before_alarm(Clock::time_point now) noexcept {
  auto until = alarm_time_;
  if (options_.awake_before_alarm > 0ns && spinning_.is_worthwhile(now)) {
    until -= options_.awake_before_alarm;
  }
  return std::max<std::chrono::nanoseconds>(until - now, 0ns);
}

void EventLoop::wake_context(Clock::time_point time) {
  if (time == wake_up_time_) return;
  wake_up_.expires_at(time);
  wake_up_.async_wait([this, time](const std::error_code&) {
    if (wake_up_time_ == time) wake_up_time_ = {};
  });
  wake_up_time_ = time;
}

void EventLoop::cancel_alarm() noexcept {
  alarm_ = nullptr;
  if (wake_up_time_ == Clock::time_point{}) return;
  wake_up_time_ = {};
  wake_up_.cancel();
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
