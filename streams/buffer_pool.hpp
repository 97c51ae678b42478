// Blocks lent to connections for as long as they have bytes in them. Last in, first out: the block
// that is lent next is the one that the processor's cache still holds, and an idle connection has
// none. One per EventLoop, its thread only; outlives the buffers that borrow from it. What it takes
// from the system is counted in a BufferBudget, if it is given one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "streams/buffer_budget.hpp"

namespace streams {

class BufferPool {
 public:
  static constexpr std::size_t block_size = 64 * 1024;  ///< bytes
  static constexpr std::size_t max_free = 64;           ///< blocks kept for reuse: 4 MiB

  BufferPool() = default;
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  /// Before anything is lent. It outlives this.
  void set_budget(BufferBudget& budget) noexcept {
    budget_ = &budget;
    budget.add_pool();
  }
  /// Keeps no more blocks for the next connections, from now on, than the budget leaves to each
  /// pool, at least one; gives the others back.
  void economise() noexcept;

  /// Whether the budget may refuse what is asked for. It is counted there in any case.
  enum class Budget : std::uint8_t { kept, ignored };

  /// A block of block_size bytes, uninitialised; nullptr when there is no memory, or none in the
  /// budget.
  char* acquire(Budget budget = Budget::kept) noexcept {
    return has_free() ? take_free() : allocate(budget);
  }
  /// The usual case by itself, so that it need not look whether it got one.
  bool has_free() const noexcept { return free_count_ != 0; }
  char* take_free() noexcept { return free_[--free_count_]; }
  /// Whether a block would have to be taken from the system, and the budget is exhausted.
  bool is_exhausted() const noexcept {
    return !has_free() && budget_ != nullptr && budget_->is_exhausted();
  }
  /// How many blocks are lent at present.
  std::size_t lent() const noexcept { return allocated_ - free_count_; }
  /// What it has taken from the system, in bytes: blocks lent and kept, and larger buffers.
  std::size_t taken() const noexcept { return allocated_ * block_size + large_; }
  void release(char* block) noexcept {
    if (free_count_ < most_free_) {
      free_[free_count_++] = block;
    } else {
      deallocate(block);
    }
  }

  /// Memory of a buffer that is larger than a block; nullptr as acquire().
  char* allocate_large(std::size_t size, Budget budget = Budget::kept) noexcept;
  void deallocate_large(char* memory, std::size_t size) noexcept;

 private:
  char* allocate(Budget budget) noexcept;
  void deallocate(char* block) noexcept;

  std::array<char*, max_free> free_;
  std::size_t free_count_ = 0;
  std::size_t most_free_ = max_free;
  std::size_t allocated_ = 0;
  std::size_t large_ = 0;  // bytes
  BufferBudget* budget_ = nullptr;
};

}  // namespace streams
