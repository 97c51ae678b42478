#include "client/top/top.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "client/top/json_lines.hpp"
#include "client/top/layout.hpp"
#include "streams/await_asio.hpp"
#include "streams/sleep.hpp"
#include "streams/text/timestamp.hpp"

namespace client::top {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_keys = 64;  // of one read

std::string time_of_day() {
  return text::timestamp(std::chrono::system_clock::now(), text::Fraction::milliseconds);
}

}  // namespace

Top::Top(streams::EventLoop& loop, streams::Executor& executor, Options options, int input,
         int output)
    : loop_(loop),
      options_(std::move(options)),
      in_place_(options_.in_place && !options_.json && load::report::can_redraw(output)),
      input_(input),
      style_(load::report::style_of(output)),
      end_signals_(loop.context(), SIGINT, SIGTERM),
      terminal_(output),
      screen_(input, terminal_.get()),
      output_(loop, executor, terminal_.get()),
      poller_(loop, options_.targets, options_.timeout),
      polled_(time_of_day()),
      changed_(loop),
      tasks_(loop) {
  end_signals_.add(SIGHUP);
  end_signals_.add(SIGQUIT);
}

streams::Task<bool> Top::run() {
  tasks_.spawn(watch_signals());
  if (in_place_) {
    screen_.enter();
    tasks_.spawn(watch_window());
    tasks_.spawn(watch_suspension());
    tasks_.spawn(draw_repeatedly());
    changed_.set();
    if (::isatty(input_) == 1) {
      keys_.emplace(loop_, input_);
      tasks_.spawn(read_keys());
    }
  }
  tasks_.spawn(poll_repeatedly());
  co_await tasks_.join();
  screen_.leave();
  co_return !failed_;
}

streams::Task<void> Top::watch_signals() {
  const auto [ec, number] = co_await end_signals_.async_wait(streams::use_task);
  if (!ec) tasks_.cancel();
}

streams::Task<void> Top::watch_window() {
  asio::signal_set resized(loop_.context(), SIGWINCH);
  for (;;) {
    const auto [ec, number] = co_await resized.async_wait(streams::use_task);
    if (ec) co_return;
    changed_.set();
  }
}

streams::Task<void> Top::watch_suspension() {
  asio::signal_set suspended(loop_.context(), SIGTSTP);
  for (;;) {
    const auto [ec, number] = co_await suspended.async_wait(streams::use_task);
    if (ec) co_return;
    screen_.leave();
    std::raise(SIGSTOP);
    // Here it goes on.
    screen_.enter();
    changed_.set();
  }
}

streams::Task<void> Top::read_keys() {
  for (;;) {
    const streams::Chunk typed = co_await keys_->reader().read(most_keys);
    if (!typed) co_return;
    for (const char key : FullScreen::letters(typed.data)) press(key);
  }
}

void Top::press(char key) {
  if (key == 'q' || key == 'Q') return tasks_.cancel();
  if (key == 'L') options_.listeners = !options_.listeners;
  if (const auto order = order_of_letter(key)) options_.order = *order;
  changed_.set();
}

streams::Task<void> Top::poll_repeatedly() {
  Clock::time_point next = Clock::now();
  std::uint64_t reports = 0;
  for (bool has_rates = options_.interval.count() == 0;; has_rates = true) {
    co_await poller_.poll();
    polled_ = time_of_day();
    changed_.set();
    if (has_rates) {
      if (!in_place_) co_await report();
      if (++reports == options_.count) {
        if (!poller_.any_is_up()) failed_ = true;
        tasks_.cancel();
      }
    }
    // A poll that took longer than an interval is followed by the next one at once.
    next = std::max(next + options_.interval, Clock::now());
    const std::error_code ec = co_await streams::sleep_until(loop_, next);
    if (ec) co_return;
  }
}

streams::Task<void> Top::draw_repeatedly() {
  for (;;) {
    const bool has_changed = co_await changed_.wait();
    if (!has_changed) co_return;
    changed_.clear();
    const std::string frame = std::string(screen_.overdue()) + drawing();
    const std::error_code ec = co_await output_.write(frame);
    if (!ec) continue;
    tasks_.cancel();
    co_return;
  }
}

streams::Task<void> Top::report() {
  const std::string all = text();
  const std::error_code ec = co_await output_.write(all);
  if (!ec || ec == std::errc::operation_canceled) co_return;
  std::fprintf(stderr, "echoline: cannot write the output: %s\n", ec.message().c_str());
  failed_ = true;
  tasks_.cancel();
}

std::string Top::drawing() const {
  const ScreenSize size = screen_.size();
  constexpr std::size_t date = 11;
  constexpr std::size_t clock = 8;
  // Those that have answered while others still may.
  const std::vector<TargetState> states = poller_.states();
  const View view{states, options_.order, options_.listeners, polled_.substr(date, clock),
                  options_.interval};
  // A terminal that is full in its last column may wrap already, or erase that column.
  return FullScreen::frame(screen(view, style_, size.width - 1, size.height));
}

std::string Top::text() const {
  const std::vector<TargetState> states = poller_.states();
  if (!options_.json) {
    const View view{states, options_.order, options_.listeners, polled_, options_.interval};
    return plain(view, style_);
  }
  std::string all;
  for (const TargetState* const state : sorted(states, options_.order)) {
    all += to_json(*state, polled_);
  }
  return all;
}

}  // namespace client::top
