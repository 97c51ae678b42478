#include "streams/threadsafe_call.hpp"

#include <utility>

#include <asio/post.hpp>

#include "streams/event_loop.hpp"

namespace streams {

/// Puts the one operation that is under way at a time into the memory kept for it.
template <class T>
class ThreadsafeCall::Requests::Allocator {
 public:
  using value_type = T;

  explicit Allocator(Requests& requests) noexcept : requests_(&requests) {}
  template <class Other>
  // NOLINTNEXTLINE(google-explicit-constructor): what an allocator is asked to have.
  Allocator(const Allocator<Other>& other) noexcept : requests_(other.requests_) {}

  T* allocate(std::size_t count) noexcept {
    static_assert(sizeof(T) <= operation_size);
    static_cast<void>(count);
    return reinterpret_cast<T*>(requests_->operation_.data());
  }
  void deallocate(T*, std::size_t) noexcept {}

  template <class Other>
  bool operator==(const Allocator<Other>& other) const noexcept {
    return requests_ == other.requests_;
  }

 private:
  template <class>
  friend class Allocator;
  Requests* requests_;
};

struct ThreadsafeCall::Requests::Wake {
  using allocator_type = Allocator<void>;
  allocator_type get_allocator() const noexcept { return allocator_type(*requests); }
  void operator()() const noexcept { requests->meet_all(); }
  Requests* requests;
};

ThreadsafeCall::ThreadsafeCall(EventLoop& loop) noexcept
    : loop_requests_(loop.threadsafe_calls()) {}

ThreadsafeCall::~ThreadsafeCall() {
  if (requests_.load() != 0) loop_requests_.forget(*this);
}

void ThreadsafeCall::request() noexcept {
  if (requests_.fetch_add(1) == 0) loop_requests_.push(*this);
}

void ThreadsafeCall::Requests::push(ThreadsafeCall& call) noexcept {
  ThreadsafeCall* newest = newest_.load();
  do {
    call.next_ = newest;
  } while (!newest_.compare_exchange_weak(newest, &call));
  // The loop may have met the request already; then it is woken once for nothing.
  if (!waking_.exchange(true)) asio::post(context_, Wake{this});
}

/// Adds what is new to taken_, behind what is there.
void ThreadsafeCall::Requests::take_all() noexcept {
  ThreadsafeCall* oldest = nullptr;
  ThreadsafeCall* call = newest_.exchange(nullptr);
  while (call != nullptr) {
    ThreadsafeCall* const older = std::exchange(call->next_, oldest);
    oldest = std::exchange(call, older);
  }
  ThreadsafeCall** end = &taken_;
  while (*end != nullptr) end = &(*end)->next_;
  *end = oldest;
}

void ThreadsafeCall::Requests::forget(const ThreadsafeCall& call) noexcept {
  take_all();
  for (ThreadsafeCall** place = &taken_; *place != nullptr; place = &(*place)->next_) {
    if (*place != &call) continue;
    *place = call.next_;
    return;
  }
}

void ThreadsafeCall::Requests::meet_all() noexcept {
  waking_.store(false);
  turns_.begin_batch();
  take_all();
  while (taken_ != nullptr) {
    ThreadsafeCall& call = *std::exchange(taken_, taken_->next_);
    call.next_ = nullptr;
    call.call(call.requests_.exchange(0));
    turns_.end_turn();
  }
  turns_.end_batch();
}

}  // namespace streams
