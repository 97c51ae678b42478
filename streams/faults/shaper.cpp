#include "streams/faults/shaper.hpp"

#include <algorithm>

namespace faults {

void Shaper::cut(std::uint64_t size, Duration every) noexcept {
  piece_ = size;
  between_ = every;
}

void Shaper::limit(std::uint64_t rate, Time now) noexcept { rate_ = RateLimit(rate, now); }

void Shaper::coalesce(std::uint64_t size, Duration within) noexcept {
  release();
  enough_ = size;
  within_ = within;
}

void Shaper::clear() noexcept {
  release();
  piece_ = 0;
  next_piece_ = Time::min();
  rate_ = RateLimit();
  enough_ = 0;
}

std::size_t Shaper::allowed(std::size_t offered, Time now) const noexcept {
  if (now < next_piece_) return 0;
  if (piece_ != 0) offered = std::min(offered, piece_);
  return rate_.allowed(offered, now);
}

void Shaper::left(std::size_t size, Time now) noexcept {
  if (piece_ != 0) next_piece_ = now + between_;
  rate_.went(size, now);
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
