#include "streams/buffer_pool.hpp"

#include <new>

namespace streams {

BufferPool::~BufferPool() {
  while (free_count_ != 0) deallocate(free_[--free_count_]);
}

char* BufferPool::allocate() noexcept {
  auto* const block = static_cast<char*>(::operator new(block_size, std::nothrow));
  if (block != nullptr) ++allocated_;
  return block;
}
void BufferPool::deallocate(char* block) noexcept {
  ::operator delete(block);
  --allocated_;
}

}  // namespace streams
