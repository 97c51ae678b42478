// A queue of bytes in one block:
//
//     block             begin          end          capacity
//       |   consumed      |    data     |     room      |
//
// The block is borrowed from the loop's BufferPool, which the owner hands in each time because a
// buffer is kept for every connection; it is our own when more than a block is needed. After
// release() the buffer holds nothing; its owner calls that before destroying it.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "streams/buffer_pool.hpp"

namespace streams {

class Buffer {
 public:
  static constexpr std::size_t max_size = std::size_t{1} << 31;  ///< bytes

  Buffer() = default;
  ~Buffer() { assert(block_ == nullptr && "a Buffer was destroyed before release()"); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  /// Valid until the next call that is not const.
  std::string_view data() const noexcept { return {block_ + begin_, size()}; }
  std::size_t size() const noexcept { return end_ - begin_; }
  bool empty() const noexcept { return begin_ == end_; }
  /// The memory that it holds, in bytes.
  std::size_t capacity() const noexcept { return capacity_; }

  /// How much a buffer without a block is in want of one.
  enum class Want : std::uint8_t {
    needs,      ///< has one wherever there is memory, and some in the budget
    can_wait,   ///< has none from a pool whose budget is exhausted
    regardless  ///< has one wherever there is memory
  };

  /// Room for at least `least` bytes behind the data (moving or growing the block), to be filled
  /// and then committed; empty, with the data as it was, above max_size or without memory.
  std::span<char> prepare(BufferPool& pool, std::size_t least, Want want = Want::needs) noexcept {
    if (block_ == nullptr && least <= BufferPool::block_size && pool.has_free()) [[likely]] {
      block_ = pool.take_free();
      capacity_ = BufferPool::block_size;
      return {block_, BufferPool::block_size};
    }
    if (begin_ == end_) begin_ = end_ = 0;
    if (capacity_ - end_ < least && !make_room(pool, least, want)) return {};
    return {block_ + end_, capacity_ - end_};
  }
  /// Instead of prepare() and commit() where the buffer holds no block: takes over one of `pool`
  /// with `size` bytes in it.
  void adopt(char* block, std::size_t size) noexcept {
    assert(block_ == nullptr);
    block_ = block;
    begin_ = 0;
    end_ = static_cast<std::uint32_t>(size);
    capacity_ = BufferPool::block_size;
  }
  void commit(std::size_t size) noexcept { end_ += static_cast<std::uint32_t>(size); }
  void consume(std::size_t size) noexcept { begin_ += static_cast<std::uint32_t>(size); }
  /// The last `size` bytes consumed, until the next prepare(), append() or release().
  std::string_view consumed(std::size_t size) const noexcept {
    return {block_ + begin_ - size, size};
  }
  /// Whether `size` bytes fit behind the data as it lies; never above a block's size.
  bool has_room(std::size_t size) const noexcept {
    return block_ != nullptr && end_ + size < BufferPool::block_size;
  }
  /// append() where there is room; some bytes, because no bytes may be nowhere.
  void add(std::string_view bytes) noexcept {
    assert(!bytes.empty() && has_room(bytes.size()));
    std::memcpy(block_ + end_, bytes.data(), bytes.size());
    commit(bytes.size());
  }
  /// Whether there was room.
  bool append(BufferPool& pool, std::string_view bytes, Want want = Want::needs) noexcept {
    if (bytes.empty()) return true;
    const std::span<char> room = prepare(pool, bytes.size(), want);
    if (room.empty()) return false;
    std::memcpy(room.data(), bytes.data(), bytes.size());
    commit(bytes.size());
    return true;
  }
  /// Drops the data and gives the block back.
  void release(BufferPool& pool) noexcept {
    if (capacity_ == BufferPool::block_size) {
      pool.release(block_);
    } else if (block_ != nullptr) {
      pool.deallocate_large(block_, capacity_);
    }
    block_ = nullptr;
    begin_ = end_ = capacity_ = 0;
  }

 private:
  bool make_room(BufferPool& pool, std::size_t least, Want want) noexcept;

  char* block_ = nullptr;
  std::uint32_t begin_ = 0;
  std::uint32_t end_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace streams
