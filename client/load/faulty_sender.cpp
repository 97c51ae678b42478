#include "client/load/faulty_sender.hpp"

#include <chrono>

#include "streams/sleep.hpp"

namespace client::load {

using faults::Then;

FaultySender::FaultySender(streams::EventLoop& loop, const faults::Plan& plan,
                           const faults::Identity& who, streams::Connection& connection)
    : loop_(loop),
      connection_(connection),
      script_(plan, who, std::chrono::steady_clock::now()),
      changed_(loop),
      timer_(loop) {
  script_.expect_marks();
}

void FaultySender::write(std::string_view request) {
  if (taken_ == unsent_.size()) {
    unsent_.clear();
    taken_ = 0;
  }
  unsent_ += request;
  written_ += request.size();
  script_.reply_ends(written_);
  changed_.set();
}

void FaultySender::write_eof() {
  is_over_ = true;
  script_.hurry();
  changed_.set();
}

streams::Event::Awaiter FaultySender::change_within(faults::Duration time) {
  changed_.clear();
  if (time == faults::no_end) {
    timer_.cancel();
  } else {
    timer_.call_later(time, [this] { changed_.set(); });
  }
  return changed_.wait();
}

streams::Task<void> FaultySender::run() {
  streams::StreamWriter& writer = connection_.writer();
  for (;;) {
    const std::string_view available = std::string_view(unsent_).substr(taken_);
    const faults::Step step =
        script_.output().next(available, is_over_, std::chrono::steady_clock::now());
    if (step.alone) writer.flush();
    if (!step.bytes.empty()) writer.write(step.bytes);
    taken_ += step.take;
    std::error_code ec = co_await writer.drain();
    if (ec) co_return;
    if (step.alone) {
      // What is written in one turn leaves in one send.
      ec = co_await streams::sleep_for(loop_, {});
      if (ec) co_return;
    }
    switch (step.then) {
      case Then::go_on:
      case Then::urgent: continue;
      case Then::more:
      case Then::wait:
      case Then::stop_reading: {
        const bool changed = co_await change_within(step.wait);
        if (!changed) co_return;
        continue;
      }
      case Then::end: writer.write_eof(); co_return;
      case Then::half_close:
        has_ended_it_ = true;
        writer.write_eof();
        continue;
      case Then::fin:
        has_ended_it_ = true;
        writer.write_eof();
        co_return;
      case Then::reset:
        has_ended_it_ = true;
        auto resetting = reset();
        co_await std::move(resetting);
        co_return;
    }
  }
}

/// The peer has all bytes before it, or it does not take them in a second.
streams::Task<void> FaultySender::reset() {
  using namespace std::chrono_literals;
  const auto end = std::chrono::steady_clock::now() + 1s;
  do {
    // What was written in this turn leaves at its end.
    const std::error_code ec = co_await streams::sleep_for(loop_, 1ms);
    if (ec) break;
  } while ((connection_.writer().pending() != 0 || connection_.transport().unacknowledged() != 0) &&
           std::chrono::steady_clock::now() < end);
  connection_.writer().abort();
}

}  // namespace client::load
