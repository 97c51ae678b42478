#include "server/watchdog.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "streams/sleeper.hpp"

namespace server {
namespace {

/// The whole number in an environment variable; 0 if there is none.
std::uint64_t number_in(const char* variable) noexcept {
  const char* const value = std::getenv(variable);
  const std::string_view text = value == nullptr ? "" : value;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

}  // namespace

std::chrono::microseconds watchdog_timeout() noexcept {
  constexpr std::uint64_t longest = std::chrono::microseconds{std::chrono::hours{24 * 366}}.count();
  const bool for_us = std::getenv("WATCHDOG_PID") == nullptr ||
                      number_in("WATCHDOG_PID") == static_cast<std::uint64_t>(::getpid());
  const std::uint64_t timeout = number_in("WATCHDOG_USEC");
  if (!for_us || timeout > longest) return {};
  return std::chrono::microseconds{timeout};
}

Watchdog::Watchdog(std::span<const std::unique_ptr<serving::Worker>> workers, insight::Log& log,
                   std::chrono::microseconds timeout, std::function<void()> ping)
    : log_(log), timeout_(timeout), ping_(std::move(ping)) {
  for (const auto& worker : workers) watched_.push_back({worker.get()});
}

streams::Task<void> Watchdog::run() {
  if (timeout_.count() == 0) co_return;
  streams::Sleeper sleeper(watched_.front().worker->loop());
  std::chrono::microseconds pause{0};
  for (;;) {
    const bool slept = co_await sleeper.sleep_for(pause);
    if (!slept) co_return;
    if (all_answered()) {
      ping_();
      ask();
      pause = timeout_ / 2;
    } else {
      // It may yet come to itself before the manager's patience ends.
      pause = timeout_ / 20;
    }
  }
}

void Watchdog::ask() {
  for (Watched& watched : watched_) {
    watched.reported = false;
    ++watched.asked;
    watched.worker->take_pulse();
  }
}

bool Watchdog::all_answered() {
  bool all = true;
  for (std::size_t i = 0; i < watched_.size(); ++i) {
    Watched& watched = watched_[i];
    if (watched.worker->has_ended() || watched.worker->pulse() == watched.asked) continue;
    all = false;
    if (std::exchange(watched.reported, true)) continue;
    const std::chrono::duration<double> since = timeout_ / 2;
    log_.error("worker-hangs", {{"worker", std::uint64_t{i + 1}}, {"seconds", since.count()}});
  }
  return all;
}

}  // namespace server
