#include "streams/spinning.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <utility>

#include "streams/unique_fd.hpp"

namespace streams {

void Spinning::ask(Clock::time_point now, Duration waited) noexcept {
  const Duration delay = waited - std::exchange(waited_, waited);
  const Duration length = now - std::exchange(asked_, now);
  // After a pause one window is tried again.
  if (!std::exchange(paused_, false)) {
    const auto share = static_cast<double>(delay.count()) / static_cast<double>(length.count());
    if (share > tolerable) {
      paused_ = true;
      ask_again_ = now + pause_;
      pause_ = std::min(2 * pause_, longest_pause);
      return;
    }
    pause_ = shortest_pause;
  }
  ask_again_ = now + window;
}

Spinning::Duration Spinning::run_delay() noexcept {
  const UniqueFd schedstat(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC));
  std::array<char, 80> text{};
  if (::read(schedstat.get(), text.data(), text.size() - 1) <= 0) return Duration{0};
  const char* const second = std::strchr(text.data(), ' ');
  return Duration{second == nullptr ? 0 : std::strtoll(second, nullptr, 10)};
}

}  // namespace streams
