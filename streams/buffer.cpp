#include "streams/buffer.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>

namespace streams {

void Buffer::make_room(BufferPool& pool, std::size_t least) {
  const std::size_t size = this->size();
  if (least > max_size || size + least > max_size) {
    throw std::length_error("streams::Buffer: more than 2 GiB");
  }
  const std::size_t needed = size + least;
  // Moving the data down is worth it only when it frees a good part of the block, or a stream of
  // small consumptions would move the whole again and again.
  if (needed <= capacity_ && size <= capacity_ / 2) {
    std::memmove(block_, block_ + begin_, size);
  } else {
    const std::size_t capacity = std::max(needed, std::min(std::size_t{capacity_} * 2, max_size));
    char* const block = static_cast<char*>(::operator new(capacity));
    if (size != 0) std::memcpy(block, block_ + begin_, size);
    release(pool);
    block_ = block;
    capacity_ = static_cast<std::uint32_t>(capacity);
  }
  begin_ = 0;
  end_ = static_cast<std::uint32_t>(size);
}

void Buffer::free_own_block() noexcept { ::operator delete(block_); }

}  // namespace streams
