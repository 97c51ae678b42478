#include "server/watchdog.hpp"

#include <cstdlib>
#include <unistd.h>
#include <utility>

#include "streams/sleeper.hpp"
#include "streams/text/number.hpp"

namespace server {
namespace {

/// A ping every 10 ms costs a loop next to nothing.
constexpr std::chrono::milliseconds shortest{20};
constexpr std::chrono::hours longest{24 * 366};

/// The value of an environment variable; null if it is not set.
struct Variable {
  explicit Variable(const char* variable) noexcept : name(variable), value(std::getenv(variable)) {}

  auto number() const noexcept { return text::whole_number<std::uint64_t>(value); }
  std::string to_string() const { return std::string(name) + '=' + value; }

  const char* name;
  const char* value;
};

}  // namespace

WatchdogTimeout watchdog_timeout() {
  const Variable wanted("WATCHDOG_USEC");
  const Variable process("WATCHDOG_PID");
  WatchdogTimeout timeout;
  if (wanted.value == nullptr) return timeout;
  if (process.value != nullptr) {
    const auto id = process.number();
    if (!id)
      timeout.problem =
          process.to_string() + " is not a process number: no watchdog pings are sent";
    if (id != static_cast<std::uint64_t>(::getpid())) return timeout;
  }
  const auto microseconds = wanted.number();
  constexpr std::uint64_t most = std::chrono::microseconds{longest}.count();
  if (!microseconds || *microseconds > most) {
    timeout.problem =
        wanted.to_string() + " is not a time in microseconds: no watchdog pings are sent";
  } else if (*microseconds != 0) {
    timeout.value = std::chrono::microseconds{*microseconds};
    if (timeout.value < shortest) {
      timeout.value = shortest;
      timeout.problem = wanted.to_string() + " is too short: a watchdog ping is sent every 10 ms";
    }
  }
  return timeout;
}

Watchdog::Watchdog(std::span<const std::unique_ptr<serving::Worker>> workers, insight::Log& log,
                   const WatchdogTimeout& timeout, std::function<void()> ping)
    : log_(log), timeout_(timeout.value), ping_(std::move(ping)) {
  if (!timeout.problem.empty()) log_.warning("watchdog", {{"what", timeout.problem}});
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
