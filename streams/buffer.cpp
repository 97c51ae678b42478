#include "streams/buffer.hpp"

#include <algorithm>
#include <cstring>

namespace streams {

bool Buffer::make_room(BufferPool& pool, std::size_t least, Want want) noexcept {
  using Budget = BufferPool::Budget;
  const Budget budget = want == Want::regardless ? Budget::ignored : Budget::kept;
  const std::size_t size = this->size();
  if (least > max_size || size + least > max_size) return false;
  if (block_ == nullptr && least <= BufferPool::block_size) {
    block_ = want == Want::can_wait && pool.is_exhausted() ? nullptr : pool.acquire(budget);
    capacity_ = block_ == nullptr ? 0 : std::uint32_t{BufferPool::block_size};
    return block_ != nullptr;
  }
  const std::size_t needed = size + least;
  // Moving the data down is worth it only when it frees a good part of the block, or a stream of
  // small consumptions would move the whole again and again.
  if (needed <= capacity_ && size <= capacity_ / 2) {
    std::memmove(block_, block_ + begin_, size);
  } else {
    const std::size_t capacity = std::max(needed, std::min(std::size_t{capacity_} * 2, max_size));
    char* const block = pool.allocate_large(capacity, budget);
    if (block == nullptr) return false;
    if (size != 0) std::memcpy(block, block_ + begin_, size);
    release(pool);
    block_ = block;
    capacity_ = static_cast<std::uint32_t>(capacity);
  }
  begin_ = 0;
  end_ = static_cast<std::uint32_t>(size);
  return true;
}

}  // namespace streams
