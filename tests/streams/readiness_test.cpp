#include "streams/readiness.hpp"

#include <functional>
#include <string>
#include <system_error>
#include <vector>

#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/socket_pair.hpp"

using namespace tests;
using streams::EventLoop;
using streams::ReadinessSet;
using streams::Task;

namespace {

/// One end of a pair in the set; counts what it is told.
class Watched final : public ReadinessSet::Handler {
 public:
  explicit Watched(EventLoop& owner) : Watched(owner, unix_pair()) {}
  ~Watched() { stop(); }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  void stop() {
    if (!fd_) return;
    loop_.readiness().remove(*this);
    fd_.reset();
  }

  Peer peer;
  int calls = 0;
  std::uint32_t events = 0;
  std::function<void()> on_call;

 private:
  Watched(EventLoop& owner, SocketPair pair)
      : peer(std::move(pair.theirs)), loop_(owner), fd_(std::move(pair.ours)) {
    loop_.readiness().add(fd_.get(), *this);
  }
  void on_ready(std::uint32_t ready) noexcept override {
    ++calls;
    events = ready;
    if (on_call) on_call();
  }

  EventLoop& loop_;
  streams::UniqueFd fd_;
};

}  // namespace

TEST_CASE("a descriptor that is added reports its present state, and then each edge once",
          "[readiness]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Watched watched(l);
    co_await several_turns(l);
    CHECK(watched.calls == 1);
    CHECK((watched.events & EPOLLOUT) != 0);
    CHECK((watched.events & EPOLLIN) == 0);

    watched.peer.send("abc");
    co_await several_turns(l);
    CHECK(watched.calls == 2);  // edge-triggered: not again while the bytes lie there
    CHECK((watched.events & EPOLLIN) != 0);
    watched.peer.send("d");
    co_await several_turns(l);
    CHECK(watched.calls == 3);
    watched.peer.shutdown_send();
    co_await several_turns(l);
    CHECK((watched.events & EPOLLRDHUP) != 0);
  }(loop));
}

TEST_CASE("no event reaches a handler that was removed, also none of the batch being handled",
          "[readiness]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Watched first(l);
    Watched second(l);
    co_await several_turns(l);
    first.calls = second.calls = 0;
    // Whichever is told first takes the other out.
    first.on_call = [&] { second.stop(); };
    second.on_call = [&] { first.stop(); };
    first.peer.send("a");
    second.peer.send("b");
    co_await several_turns(l);
    CHECK(first.calls + second.calls == 1);
  }(loop));
}

TEST_CASE("a handler is the current one while it is told, unless it was removed", "[readiness]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Watched watched(l);
    std::string log;
    CHECK_FALSE(l.readiness().is_current(watched));
    watched.on_call = [&] {
      log += l.readiness().is_current(watched) ? "current" : "not";
      watched.stop();
      log += l.readiness().is_current(watched) ? ", current" : ", not";
    };
    co_await several_turns(l);
    CHECK(log == "current, not");
    CHECK_FALSE(l.readiness().is_current(watched));
  }(loop));
}

TEST_CASE("more descriptors than one batch holds are all told", "[readiness]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    std::vector<std::unique_ptr<Watched>> all;
    for (int i = 0; i < 300; ++i) all.push_back(std::make_unique<Watched>(l));
    co_await several_turns(l);
    for (const auto& watched : all) watched->peer.send("x");
    co_await several_turns(l);
    int told = 0;
    for (const auto& watched : all) told += (watched->events & EPOLLIN) != 0 ? 1 : 0;
    CHECK(told == 300);
  }(loop));
}

TEST_CASE("a handler that makes itself ready again for ever does not keep the others waiting",
          "[readiness]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Watched busy(l);
    Watched other(l);
    co_await several_turns(l);
    other.calls = 0;
    int rounds = 0;
    busy.on_call = [&] {
      if (++rounds < 100000) busy.peer.try_send("x");
    };
    busy.peer.send("x");
    co_await turn(l);
    other.peer.send("y");
    co_await until(l, [&] { return other.calls != 0; });
    CHECK(rounds < 1000);
    rounds = 100000;
  }(loop));
}

TEST_CASE("polling tells whether there was anything", "[readiness]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Watched watched(l);
    while (l.readiness().poll()) {
    }
    CHECK_FALSE(l.readiness().poll());
    const int before = watched.calls;
    watched.peer.send("x");
    CHECK(l.readiness().poll());
    CHECK(watched.calls == before + 1);
    CHECK_FALSE(l.readiness().poll());
    co_return;
  }(loop));
}

TEST_CASE("a descriptor that the kernel cannot watch is refused", "[readiness]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Watched watched(l);
    CHECK_THROWS_AS(l.readiness().add(-1, watched), std::system_error);
    co_return;
  }(loop));
}

TEST_CASE("a registered descriptor keeps the loop running only as long as its main Task",
          "[readiness]") {
  EventLoop loop;
  Watched watched(loop);
  run(loop, [](EventLoop& l) -> Task<void> { co_await turn(l); }(loop));
  CHECK(watched.calls == 1);
}

TEST_CASE("one batch of so many is sampled, and in it each turn that answers", "[readiness]") {
  struct Sampler final : ReadinessSet::Sampler {
    void woke_up(int events) noexcept override { batches.push_back(events); }
    std::vector<int> batches;
  };
  struct Answering final : streams::Connection {
    using Connection::Connection;
    void has_answered(std::chrono::nanoseconds after) noexcept override {
      CHECK(after.count() > 0);
      ++answers;
    }
    int answers = 0;
  };
  EventLoop loop;
  Sampler sampler;
  SocketPair pair = tcp_pair();
  Peer peer(std::move(pair.theirs));
  Answering answering(loop, std::move(pair.ours), {});
  run(loop, [](EventLoop& l, Sampler& s, Answering& a, Peer& p) -> Task<void> {
    co_await several_turns(l);
    l.readiness().sample(s, 3);
    for (int i = 0; i < 7; ++i) {
      p.send("x");
      const streams::Chunk chunk = co_await a.reader().read(1);
      CHECK(chunk);
      // In every other turn nothing is answered.
      if (i % 2 == 1) a.writer().write("y");
      co_await several_turns(l);
      p.receive();
    }
    CHECK(s.batches == std::vector<int>{1, 1});
    CHECK(a.answers == 1);
  }(loop, sampler, answering, peer));
}
