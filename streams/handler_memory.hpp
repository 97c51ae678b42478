// Memory for the one operation of Asio's that its owner has pending at a time, so that starting it
// anew cannot fail where an exception would have nobody to catch it. Bound to a handler with
// use_memory(). The loop's thread only. What a loop needs lies in its context, because operations
// that are pending when the context goes are freed only then.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <utility>

#include <asio/execution_context.hpp>

namespace streams {

class HandlerMemory {
 public:
  HandlerMemory() = default;
  HandlerMemory(const HandlerMemory&) = delete;
  HandlerMemory& operator=(const HandlerMemory&) = delete;

  void* allocate(std::size_t size) {
    if (in_use_ || size > sizeof storage_) return ::operator new(size);
    in_use_ = true;
    return storage_.data();
  }
  void deallocate(void* block) noexcept {
    if (block != storage_.data()) return ::operator delete(block);
    in_use_ = false;
  }

 private:
  alignas(std::max_align_t) std::array<std::byte, 256> storage_;
  bool in_use_ = false;
};

/// What Asio asks a handler for, by its name.
template <class T>
class HandlerAllocator {
 public:
  using value_type = T;

  explicit HandlerAllocator(HandlerMemory& memory) noexcept : memory_(&memory) {}
  template <class U>
  HandlerAllocator(const HandlerAllocator<U>& other) noexcept : memory_(other.memory_) {}

  T* allocate(std::size_t count) { return static_cast<T*>(memory_->allocate(count * sizeof(T))); }
  void deallocate(T* block, std::size_t) noexcept { memory_->deallocate(block); }
  bool operator==(const HandlerAllocator&) const = default;

 private:
  template <class>
  friend class HandlerAllocator;

  HandlerMemory* memory_;
};

template <class Function>
class HandlerInMemory {
 public:
  using allocator_type = HandlerAllocator<Function>;

  HandlerInMemory(HandlerMemory& memory, Function function)
      : memory_(&memory), function_(std::move(function)) {}
  allocator_type get_allocator() const noexcept { return allocator_type(*memory_); }
  template <class... Arguments>
  void operator()(Arguments&&... arguments) {
    function_(std::forward<Arguments>(arguments)...);
  }

 private:
  HandlerMemory* memory_;
  Function function_;
};

/// What one loop starts again and again. asio::use_service() finds the context's.
class LoopMemory final : public asio::execution_context::service {
 public:
  static inline asio::execution_context::id id;

  explicit LoopMemory(asio::execution_context& context) : service(context) {}

  HandlerMemory post;   ///< of the turn queue
  HandlerMemory pause;  ///< likewise
  HandlerMemory wait;   ///< for the readiness set's descriptor

 private:
  void shutdown() override {}
};

template <class Function>
HandlerInMemory<Function> use_memory(HandlerMemory& memory, Function function) {
  return {memory, std::move(function)};
}

}  // namespace streams
