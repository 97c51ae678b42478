#include "streams/faults/shaper.hpp"

#include <algorithm>
#include <chrono>

namespace faults {
namespace {

using namespace std::chrono_literals;

/// What a rate lets go at once: 2 ms' worth.
constexpr std::uint64_t turns_a_second = 500;
constexpr std::uint64_t max_turn = 64 * 1024;
/// Who wakes up late, or had nothing to send, makes up for that much.
constexpr Duration slack = 4ms;

Duration time_of(std::size_t bytes, std::uint64_t rate) noexcept {
  return Duration(
      static_cast<Duration::rep>(static_cast<double>(bytes) * 1e9 / static_cast<double>(rate)));
}

}  // namespace

void Shaper::cut(std::uint64_t size, Duration every) noexcept {
  piece_ = size;
  between_ = every;
}

void Shaper::limit(std::uint64_t rate, Time now) noexcept {
  rate_ = rate;
  next_byte_ = now;
}

void Shaper::coalesce(std::uint64_t size, Duration within) noexcept {
  release();
  enough_ = size;
  within_ = within;
}

void Shaper::clear() noexcept {
  release();
  piece_ = 0;
  next_piece_ = Time::min();
  rate_ = 0;
  next_byte_ = Time::min();
  enough_ = 0;
}

std::size_t Shaper::allowed(std::size_t offered, Time now) const noexcept {
  if (now < due()) return 0;
  if (piece_ != 0) offered = std::min(offered, piece_);
  if (rate_ != 0) {
    offered = std::min(offered, std::clamp<std::size_t>(rate_ / turns_a_second, 1, max_turn));
  }
  return offered;
}

Time Shaper::due() const noexcept { return std::max(next_piece_, next_byte_); }

void Shaper::left(std::size_t size, Time now) noexcept {
  if (piece_ != 0) next_piece_ = now + between_;
  if (rate_ != 0) next_byte_ = std::max(next_byte_, now - slack) + time_of(size, rate_);
}

void Shaper::hold(std::string_view bytes, Time now) {
  if (!holds()) {
    held_.clear();
    taken_ = 0;
    held_until_ = within_ == no_end ? Time::max() : now + within_;
  }
  held_ += bytes;
  if (held_.size() >= enough_) release();
}

std::string_view Shaper::free() const noexcept {
  return is_free_ ? std::string_view(held_).substr(taken_) : std::string_view{};
}

void Shaper::take_free(std::size_t size) noexcept {
  taken_ += size;
  is_free_ = holds();
}

}  // namespace faults
