// Fifo<T>: a queue in a ring that grows and holds no memory before it is first used: there is one
// or two for every connection, and most are empty or have one element. A value; T is trivial.
#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace client::load {

template <class T>
class Fifo {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  bool empty() const noexcept { return begin_ == end_; }
  std::size_t size() const noexcept { return end_ - begin_; }
  const T& front() const noexcept {
    assert(!empty());
    return ring_[begin_ & (capacity_ - 1)];
  }
  T& front() noexcept { return const_cast<T&>(std::as_const(*this).front()); }
  void push(const T& element) {
    if (size() == capacity_) grow();
    ring_[end_++ & (capacity_ - 1)] = element;
  }
  void pop() noexcept {
    assert(!empty());
    ++begin_;
  }
  void clear() noexcept { begin_ = end_; }

 private:
  void grow() {
    const std::size_t capacity = capacity_ == 0 ? 1 : capacity_ * 2;
    auto ring = std::make_unique<T[]>(capacity);
    for (std::size_t at = begin_; at != end_; ++at) {
      ring[at & (capacity - 1)] = ring_[at & (capacity_ - 1)];
    }
    ring_ = std::move(ring);
    capacity_ = capacity;
  }

  std::unique_ptr<T[]> ring_;
  std::size_t capacity_ = 0;  // a power of two
  std::size_t begin_ = 0;     // both only ever grow
  std::size_t end_ = 0;
};

}  // namespace client::load
