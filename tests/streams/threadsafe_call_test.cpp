#include "streams/threadsafe_call.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "streams/event_loop.hpp"
#include "streams/semaphore.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::EventLoop;
using streams::Permit;
using streams::Semaphore;
using streams::Task;

namespace {

class Counted final : public streams::ThreadsafeCall {
 public:
  explicit Counted(EventLoop& loop) noexcept : ThreadsafeCall(loop) {}
  std::size_t calls = 0;
  std::size_t requests = 0;
  std::thread::id thread;
  std::unique_ptr<Counted>* ends = nullptr;

 private:
  void call(std::size_t count) noexcept override {
    ++calls;
    requests += count;
    thread = std::this_thread::get_id();
    if (ends != nullptr) ends->reset();
  }
};

}  // namespace

TEST_CASE("requests of any thread are met by a call on the loop's", "[threadsafe_call]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Counted call(l);
    std::thread([&call] { call.request(); }).join();
    CHECK(call.calls == 0);
    co_await until(l, [&call] { return call.calls != 0; });
    CHECK(call.requests == 1);
    CHECK(call.thread == std::this_thread::get_id());
  }(loop));
}

TEST_CASE("requests that come before the call is made are met by one", "[threadsafe_call]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Counted call(l);
    for (int i = 0; i < 3; ++i) call.request();
    co_await several_turns(l);
    CHECK(call.calls == 1);
    CHECK(call.requests == 3);
    call.request();
    co_await several_turns(l);
    CHECK(call.calls == 2);
  }(loop));
}

TEST_CASE("a request is forgotten with its object, also by another call", "[threadsafe_call]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    {
      Counted gone(l);
      gone.request();
    }
    Counted first(l);
    auto second = std::make_unique<Counted>(l);
    Counted third(l);
    first.ends = &second;
    first.request();
    second->request();
    third.request();
    co_await several_turns(l);
    CHECK(first.calls == 1);
    CHECK_FALSE(second);
    CHECK(third.calls == 1);
  }(loop));
}

TEST_CASE("no request of many threads is lost", "[threadsafe_call]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    constexpr std::size_t each = 10'000;
    Counted one(l);
    Counted other(l);
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        for (std::size_t n = 0; n < each; ++n) (n % 2 == 0 ? one : other).request();
      });
    }
    co_await until(l, [&] { return one.requests + other.requests == 3 * each; });
    for (std::thread& thread : threads) thread.join();
  }(loop));
}

TEST_CASE("permits that are released on many threads all come back", "[threadsafe_call]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    constexpr std::size_t permits = 300;
    Semaphore semaphore(l, permits);
    std::vector<std::vector<Permit>> shares(3);
    for (std::size_t i = 0; i < permits; ++i) {
      shares[i % shares.size()].push_back(semaphore.try_acquire());
    }
    CHECK(semaphore.free() == 0);
    std::vector<std::thread> threads;
    for (std::vector<Permit>& share : shares) {
      threads.emplace_back([&share] { share.clear(); });
    }
    const Permit waited_for = co_await semaphore.acquire();
    CHECK(waited_for);
    for (std::thread& thread : threads) thread.join();
    co_await until(l, [&] { return semaphore.free() == permits - 1; });
  }(loop));
}
