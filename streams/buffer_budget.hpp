// A BufferBudget: what the buffers of several loops may take together. Their pools count what they
// take from the system and what they give back, which they do seldom: what is used again and again
// costs nothing here. Once more than the limit is taken the budget is exhausted, and it is relieved
// when no more than three quarters are. Meanwhile a read that would need another buffer waits; what
// is to be done beyond that, its watcher says.
//
// Any thread. It outlives the pools that it is given to.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace streams {

class BufferBudget {
 public:
  /// Of the durations here.
  using Clock = std::chrono::steady_clock;

  /// Told by whichever thread takes or gives back, in the middle of what it does: it returns at
  /// once and does nothing to a buffer.
  class Watcher {
   public:
    /// More than the limit is taken.
    virtual void exhausted() noexcept = 0;
    /// And even a quarter more than that.
    virtual void exceeded() noexcept = 0;
    /// No more than three quarters are, after so long.
    virtual void relieved(Clock::duration after) noexcept = 0;

   protected:
    ~Watcher() = default;
  };

  /// The limit of a budget that has none, in bytes.
  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max() / 4;

  /// `watcher` outlives this.
  explicit BufferBudget(Watcher& watcher, std::size_t limit = unlimited) noexcept
      : watcher_(watcher), limit_(limit) {}
  BufferBudget(const BufferBudget&) = delete;
  BufferBudget& operator=(const BufferBudget&) = delete;

  /// In bytes.
  void set_limit(std::size_t limit) noexcept;
  /// As it was set.
  std::size_t limit() const noexcept { return limit_; }
  /// How much is taken; that which pools keep for the next buffers is.
  std::size_t taken() const noexcept { return taken_; }
  /// Whether more than the limit was taken, and it has not been relieved since.
  bool is_exhausted() const noexcept { return exhausted_; }
  /// For how long it has been so, altogether.
  Clock::duration time_exhausted() const noexcept;

  /// At so many bytes it is relieved.
  static constexpr std::size_t relief_of(std::size_t limit) noexcept { return limit / 4 * 3; }
  /// Above so many bytes time is short.
  static constexpr std::size_t excess_of(std::size_t limit) noexcept { return limit + limit / 4; }
  /// Whether there is so much for a buffer that grows: up to twice the limit. Beyond that who asks
  /// has none, as if the system had no memory: it is among those who hold most.
  bool has_room_to_grow(std::size_t bytes) const noexcept { return taken_ + bytes <= 2 * limit_; }
  /// Likewise for the first block of a buffer: up to three times the limit, so that who holds next
  /// to nothing does not pay for the others.
  bool has_room_to_begin(std::size_t bytes) const noexcept { return taken_ + bytes <= 3 * limit_; }

  /// So many blocks of `size` each of its pools keeps at most once it was exhausted: an eighth of
  /// the limit, all together.
  std::size_t blocks_to_keep(std::size_t size) const noexcept {
    const std::size_t pools = pools_;
    return limit_ / 8 / (pools == 0 ? 1 : pools) / size;
  }
  /// One more pool shares it.
  void add_pool() noexcept { ++pools_; }

  /// A pool has allocated, or freed, so many bytes.
  void take(std::size_t bytes) noexcept { judge(taken_ += bytes); }
  /// Likewise.
  void give(std::size_t bytes) noexcept { judge(taken_ -= bytes); }

 private:
  void judge(std::size_t taken) noexcept;

  Watcher& watcher_;
  std::atomic<std::size_t> limit_;
  std::atomic<std::size_t> taken_{0};
  std::atomic<std::size_t> pools_{0};
  std::atomic<bool> exhausted_{false};
  std::atomic<bool> exceeded_{false};  // by a quarter
  std::atomic<Clock::rep> since_{0};
  std::atomic<Clock::rep> before_{0};  // the time of those that are over
};

}  // namespace streams
