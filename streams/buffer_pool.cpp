#include "streams/buffer_pool.hpp"

#include <algorithm>
#include <new>

namespace streams {

BufferPool::~BufferPool() {
  while (free_count_ != 0) deallocate(take_free());
}

void BufferPool::economise() noexcept {
  if (budget_ == nullptr) return;
  most_free_ = std::clamp(budget_->blocks_to_keep(block_size), std::size_t{1}, max_free);
  while (free_count_ > most_free_) deallocate(take_free());
}

char* BufferPool::allocate(Budget budget) noexcept {
  const bool may_refuse = budget_ != nullptr && budget == Budget::kept;
  if (may_refuse && !budget_->has_room_to_begin(block_size)) return nullptr;
  auto* const block = static_cast<char*>(::operator new(block_size, std::nothrow));
  if (block == nullptr) return nullptr;
  ++allocated_;
  if (budget_ != nullptr) budget_->take(block_size);
  return block;
}

void BufferPool::deallocate(char* block) noexcept {
  ::operator delete(block);
  --allocated_;
  if (budget_ != nullptr) budget_->give(block_size);
}

char* BufferPool::allocate_large(std::size_t size, Budget budget) noexcept {
  const bool may_refuse = budget_ != nullptr && budget == Budget::kept;
  if (may_refuse && !budget_->has_room_to_grow(size)) return nullptr;
  auto* const memory = static_cast<char*>(::operator new(size, std::nothrow));
  if (memory == nullptr) return nullptr;
  large_ += size;
  if (budget_ != nullptr) budget_->take(size);
  return memory;
}

void BufferPool::deallocate_large(char* memory, std::size_t size) noexcept {
  ::operator delete(memory);
  large_ -= size;
  if (budget_ != nullptr) budget_->give(size);
}

}  // namespace streams
