// Shaper: in which pieces, and when, the bytes of one stream may leave: cut, held to a rate, held
// back until enough are there. It never changes them. Asked by a Flow, on the connection's thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "streams/faults/fault.hpp"
#include "streams/faults/rate_limit.hpp"
#include "streams/faults/step.hpp"

namespace faults {

class Shaper {
 public:
  /// Pieces of at most `size` bytes, each `every` after the one before.
  void cut(std::uint64_t size, Duration every) noexcept;
  /// Bytes a second, from `now` on.
  void limit(std::uint64_t rate, Time now) noexcept;
  /// Bytes are held back until there are `size`, but none longer than `within`.
  void coalesce(std::uint64_t size, Duration within) noexcept;
  /// No more of all this; what is held back is free.
  void clear() noexcept;

  /// How many of `offered` bytes may leave at once; 0 if none may yet.
  std::size_t allowed(std::size_t offered, Time now) const noexcept;
  /// While none may: when.
  Time due() const noexcept { return std::max(next_piece_, rate_.when()); }
  /// So many have left.
  void left(std::size_t size, Time now) noexcept;
  /// From `since` until now none was offered, or none had room.
  void was_idle(Time since, Time now) noexcept { rate_.was_idle(since, now); }
  /// Whether pieces are cut: each is a send of its own.
  bool cuts() const noexcept { return piece_ != 0; }

  /// Whether bytes are to be held back at all.
  bool coalesces() const noexcept { return enough_ != 0; }
  /// How many more there is room for.
  std::size_t room() const noexcept { return enough_ - held_size(); }
  void hold(std::string_view bytes, Time now);
  /// What is held back may leave now.
  void release() noexcept { is_free_ = holds(); }
  bool holds() const noexcept { return held_size() != 0; }
  std::size_t held_size() const noexcept { return held_.size() - taken_; }
  /// Until when it is held back; with nothing held, for good.
  Time held_until() const noexcept { return holds() ? held_until_ : Time::max(); }
  /// What has been released and not taken yet.
  std::string_view free() const noexcept;
  /// It stays where it is until more is held.
  void take_free(std::size_t size) noexcept;

 private:
  std::size_t piece_ = 0;
  Duration between_{};
  Time next_piece_ = Time::min();

  RateLimit rate_;

  std::size_t enough_ = 0;
  Duration within_{};
  Time held_until_ = Time::max();
  std::string held_;
  std::size_t taken_ = 0;  // of it
  bool is_free_ = false;
};

/// `now` and `time`; the end of time for `forever`.
constexpr Time later(Time now, Microseconds time) noexcept {
  return time == forever ? Time::max() : now + time;
}

}  // namespace faults
