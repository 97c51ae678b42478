#include "streams/buffer_pool.hpp"

#include <new>

namespace streams {

BufferPool::~BufferPool() {
  while (free_count_ != 0) deallocate(free_[--free_count_]);
}

char* BufferPool::allocate() noexcept {
  return static_cast<char*>(::operator new(block_size, std::nothrow));
}
void BufferPool::deallocate(char* block) noexcept { ::operator delete(block); }

}  // namespace streams
