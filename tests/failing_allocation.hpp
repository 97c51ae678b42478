// An allocation that fails, on the thread that asks for it. It replaces operator new of the whole
// program: to be included by one file of a test program.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

namespace tests {

/// The n-th allocation of this thread from here on fails, those after it do not. 0 is the next.
class FailingAllocation {
 public:
  explicit FailingAllocation(long n) noexcept { left = n; }
  ~FailingAllocation() { left = never; }
  FailingAllocation(const FailingAllocation&) = delete;
  FailingAllocation& operator=(const FailingAllocation&) = delete;

  static bool has_failed() noexcept { return left == never; }

  static constexpr long never = -1;
  static thread_local inline long left = never;
};

}  // namespace tests

// Not inlined: GCC would see free() where it knows of a new, and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
  using tests::FailingAllocation;
  const bool fails =
      FailingAllocation::left != FailingAllocation::never && FailingAllocation::left-- == 0;
  void* const block = fails ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
[[gnu::noinline]] void* operator new[](std::size_t size) { return operator new(size); }
// These, too: a sanitizer's own would not go with the delete below.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept try {
  return operator new(size);
} catch (const std::bad_alloc&) {
  return nullptr;
}
[[gnu::noinline]] void* operator new[](std::size_t size, const std::nothrow_t& nothrow) noexcept {
  return operator new(size, nothrow);
}
[[gnu::noinline]] void operator delete(void* block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete[](void* block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete[](void* block, std::size_t) noexcept { std::free(block); }
