#include "streams/resolve.hpp"

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <dlfcn.h>
#include <mutex>
#include <netdb.h>
#include <string>

#include "streams/task_group.hpp"
#include "streams/text/shortage.hpp"
#include "streams/timeout.hpp"
#include "streams/to_thread.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::CancelScope;
using streams::EventLoop;
using streams::HostPort;
using streams::Resolved;
using streams::Task;
using streams::TaskGroup;

namespace {

/// A name server that says nothing until its silence ends. Whoever asks waits for that.
class NameServer {
 public:
  void be_silent() {
    const std::lock_guard lock(mutex_);
    is_silent_ = true;
  }
  void end_silence() {
    {
      const std::lock_guard lock(mutex_);
      is_silent_ = false;
    }
    ended_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return !is_silent_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_silent_ = true;
};

// Never destroyed: a look-up that was given up may ask while the process exits.
NameServer& name_server() {
  static auto* const server = new NameServer;
  return *server;
}

constexpr const char* silent_name = "silent.example";

Task<void> keep(Resolved& result, Task<Resolved> work) { result = co_await std::move(work); }

}  // namespace

// In place of libc's: `silent.example` is a name that no server answers.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** results) {
  using Function = int(const char*, const char*, const addrinfo*, addrinfo**);
  static auto* const real = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  const bool numeric = hints != nullptr && (hints->ai_flags & AI_NUMERICHOST) != 0;
  if (!numeric && node != nullptr && std::strcmp(node, silent_name) == 0) {
    name_server().wait();
    return EAI_AGAIN;
  }
  return real(node, service, hints, results);
}

TEST_CASE("an address in figures and a name have their endpoints", "[resolve]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const Resolved v4 = co_await resolve(l, HostPort{"127.0.0.1", 7});
    CHECK_FALSE(v4.ec);
    REQUIRE(v4.endpoints.size() == 1);
    CHECK(v4.endpoints.front().to_string() == "127.0.0.1:7");
    const Resolved v6 = co_await resolve(l, HostPort{"::1", 7});
    REQUIRE(v6.endpoints.size() == 1);
    CHECK(v6.endpoints.front().to_string() == "[::1]:7");
    const Resolved name = co_await resolve(l, HostPort{"localhost", 7});
    CHECK_FALSE(name.ec);
    CHECK_FALSE(name.endpoints.empty());
  }(loop));
}

TEST_CASE("a name that does not exist is an error", "[resolve]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const Resolved resolved = co_await resolve(l, HostPort{"no such name", 7});
    CHECK(resolved.ec);
    CHECK(resolved.endpoints.empty());
  }(loop));
}

TEST_CASE("a look-up that nobody answers is given up at once, by a time-out and by cancelling",
          "[resolve]") {
  EventLoop loop;
  const auto begin = std::chrono::steady_clock::now();
  run(loop, [](EventLoop& l) -> Task<void> {
    auto limited = with_timeout(l, 20ms, resolve(l, HostPort{silent_name, 7}));
    const auto timed = co_await std::move(limited);
    CHECK(timed.ec == std::errc::timed_out);
    CHECK(timed.value.ec == std::errc::operation_canceled);

    CancelScope scope;
    Resolved result;
    TaskGroup group(l);
    group.spawn(in_scope(scope, keep(result, resolve(l, HostPort{silent_name, 7}))));
    co_await several_turns(l);
    scope.cancel();
    co_await group.join();
    CHECK(result.ec == std::errc::operation_canceled);
  }(loop));
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
  name_server().end_silence();
}

TEST_CASE("look-ups that were given up are bounded, and count until they end", "[resolve]") {
  name_server().be_silent();
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    // Those of other tests may not have ended yet.
    std::error_code ec;
    for (int i = 0; i <= streams::ThreadCall::most_abandoned && !ec; ++i) {
      auto limited = with_timeout(l, 1ns, resolve(l, HostPort{silent_name, 7}));
      const auto timed = co_await std::move(limited);
      if (timed.value.ec != std::errc::operation_canceled) ec = timed.value.ec;
    }
    CHECK(ec == std::errc::device_or_resource_busy);
    CHECK(text::remedy(ec.value()).empty());  // it is no limit of the system's
    name_server().end_silence();
    Resolved resolved;
    do {
      resolved = co_await resolve(l, HostPort{"localhost", 7});
    } while (resolved.ec == std::errc::device_or_resource_busy);
    CHECK_FALSE(resolved.ec);
  }(loop));
}
