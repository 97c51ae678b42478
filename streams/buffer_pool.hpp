// Blocks lent to connections for as long as they have bytes in them. Last in, first out: the block
// that is lent next is the one that the processor's cache still holds, and an idle connection has
// none. One per EventLoop, its thread only; outlives the buffers that borrow from it.
#pragma once

#include <array>
#include <cstddef>

namespace streams {

class BufferPool {
 public:
  static constexpr std::size_t block_size = 64 * 1024;  ///< bytes
  static constexpr std::size_t max_free = 64;           ///< blocks kept for reuse: 4 MiB

  BufferPool() = default;
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  /// A block of block_size bytes, uninitialised; nullptr when there is no memory.
  char* acquire() noexcept { return has_free() ? take_free() : allocate(); }
  /// The usual case by itself, so that it need not look whether it got one.
  bool has_free() const noexcept { return free_count_ != 0; }
  char* take_free() noexcept { return free_[--free_count_]; }
  /// How many blocks are lent at present.
  std::size_t lent() const noexcept { return allocated_ - free_count_; }
  void release(char* block) noexcept {
    if (free_count_ < max_free) {
      free_[free_count_++] = block;
    } else {
      deallocate(block);
    }
  }

 private:
  char* allocate() noexcept;
  void deallocate(char* block) noexcept;

  std::array<char*, max_free> free_;
  std::size_t free_count_ = 0;
  std::size_t allocated_ = 0;
};

}  // namespace streams
