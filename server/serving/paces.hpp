// Paces: how fast those peers take bytes of whom that is asked, as one sweep after the other sees
// it. Only they are remembered, and only from one sweep to the next: a session that is idle, or
// whose peer reads, has nothing here. The worker's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>

namespace server::serving {

/// Whether a peer moves so many bytes within so much time, whenever that begins.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  /// `moved` is what it has moved so far, in bytes; only changes of it matter.
  Pace(std::uint64_t moved, Clock::time_point now) noexcept : moved_(moved), since_(now) {}

  /// Whether fewer than `least` bytes have moved within `period`.
  bool is_too_slow(std::uint64_t moved, std::uint64_t least, Clock::duration period,
                   Clock::time_point now) noexcept {
    if (moved - moved_ < least) return now - since_ >= period;
    moved_ = moved;
    since_ = now;
    return false;
  }

 private:
  std::uint64_t moved_;
  Clock::time_point since_;
};

class Paces {
 public:
  /// What is asked of a peer.
  enum class Of : std::uint8_t { drain, close };

  /// That of the session `id`, remembered until a sweep in which it is not asked for; one that
  /// begins has moved `moved`. nullptr when there is no memory.
  Pace* find(std::uint64_t id, Of what, std::uint64_t moved, Pace::Clock::time_point now) noexcept;
  /// The sweep is over.
  void forget_others() noexcept;
  bool empty() const noexcept { return entries_.empty(); }

 private:
  struct Entry {
    Pace pace;
    bool asked;  // in this sweep
  };

  std::unordered_map<std::uint64_t, Entry> entries_;
};

}  // namespace server::serving
