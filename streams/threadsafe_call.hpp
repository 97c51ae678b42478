// ThreadsafeCall: a call on a loop's thread that any thread may ask for and that cannot fail.
// Asking allocates nothing, for this object is the memory that it takes: so it may be asked for in
// a destructor. Requests that come before the call is made are met by one call.
//
// Constructed and destroyed on the loop's thread, or while the loop does not run. The loop outlives
// it and those who ask.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <new>

#include <asio/io_context.hpp>

#include "streams/turn_queue.hpp"

namespace streams {

class EventLoop;

class ThreadsafeCall {
 public:
  class Requests;

  ThreadsafeCall(const ThreadsafeCall&) = delete;
  ThreadsafeCall& operator=(const ThreadsafeCall&) = delete;

  /// Any thread. call() is made soon, and not from within this. Does not touch this object once the
  /// loop's thread may have seen the request, so that the call may destroy it.
  void request() noexcept;

 protected:
  /// Of `loop`'s thread.
  explicit ThreadsafeCall(EventLoop& loop) noexcept;
  /// A request that was not met yet is forgotten.
  ~ThreadsafeCall();

  /// On the loop's thread, in a turn of its own; `requests` is how many there were, 1 or more.
  virtual void call(std::size_t requests) noexcept = 0;

 private:
  Requests& loop_requests_;
  std::atomic<std::size_t> requests_{0};
  ThreadsafeCall* next_ = nullptr;
};

/// The requests that one loop has not met yet, a list without a lock. Owned by the EventLoop,
/// before its io_context: the operation that wakes the loop lies in here.
class ThreadsafeCall::Requests {
 public:
  Requests(asio::io_context& context, TurnQueue& turns) noexcept
      : context_(context), turns_(turns) {}
  Requests(const Requests&) = delete;
  Requests& operator=(const Requests&) = delete;

 private:
  friend class ThreadsafeCall;
  struct Wake;
  template <class T>
  class Allocator;

  void push(ThreadsafeCall& call) noexcept;
  void forget(const ThreadsafeCall& call) noexcept;
  void take_all() noexcept;
  void meet_all() noexcept;

  static constexpr std::size_t operation_size = 128;

  asio::io_context& context_;
  TurnQueue& turns_;
  std::atomic<ThreadsafeCall*> newest_{nullptr};
  std::atomic<bool> waking_{false};
  ThreadsafeCall* taken_ = nullptr;  // by the loop's thread, in the order of the requests
  alignas(std::max_align_t) std::array<std::byte, operation_size> operation_;
};

}  // namespace streams
