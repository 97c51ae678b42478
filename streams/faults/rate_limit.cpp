#include "streams/faults/rate_limit.hpp"

#include <algorithm>
#include <chrono>

namespace faults {
namespace {

/// At most so much is caught up with: a program that was stopped does not send it all at once.
constexpr std::chrono::milliseconds most_late{250};
/// And so much by one who had nothing to send for a moment: less than this is the way of the world.
constexpr std::chrono::milliseconds short_wait{1};

/// A wait of less than this costs more than it is worth: what goes too early is made up for later.
constexpr std::chrono::microseconds soon{200};

constexpr std::uint64_t small_piece = 4096;

std::uint64_t bytes_in(std::uint64_t rate, Duration time) noexcept {
  const double seconds = std::chrono::duration<double>(time).count();
  return static_cast<std::uint64_t>(static_cast<double>(rate) * seconds);
}

Duration time_of(std::uint64_t bytes, std::uint64_t rate) noexcept {
  const std::chrono::duration<double> time(static_cast<double>(bytes) / static_cast<double>(rate));
  return std::chrono::duration_cast<Duration>(time);
}

std::size_t piece_of(std::uint64_t rate) noexcept {
  using std::chrono::milliseconds;
  const std::uint64_t small = std::min(bytes_in(rate, milliseconds{25}), small_piece);
  return std::max({bytes_in(rate, milliseconds{2}), small, std::uint64_t{1}});
}

}  // namespace

RateLimit::RateLimit(std::uint64_t rate, Time now) noexcept
    : rate_(rate), piece_(piece_of(rate)), due_(now) {}

std::size_t RateLimit::allowed(std::size_t wanted, Time now) const noexcept {
  if (rate_ == 0) return wanted;
  if (now + soon < due_) return 0;
  const auto late = std::clamp<Duration>(now - due_, Duration{}, most_late);
  return std::min<std::size_t>(wanted, piece_ + bytes_in(rate_, late));
}

void RateLimit::went(std::size_t bytes, Time now) noexcept {
  if (rate_ == 0) return;
  due_ = std::max<Time>(due_, now - most_late) + time_of(bytes, rate_);
}

void RateLimit::was_idle(Time since, Time now) noexcept {
  if (now - since > short_wait) due_ = std::max<Time>(due_, now - short_wait);
}

}  // namespace faults
