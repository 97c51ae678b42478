#include "streams/event_loop.hpp"

#include <atomic>
#include <chrono>
#include <coroutine>
#include <stdexcept>
#include <string>
#include <thread>

#include "streams/event.hpp"
#include "streams/semaphore.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::Chunk;
using streams::Event;
using streams::EventLoop;
using streams::Task;
using streams::TaskGroup;

namespace {

/// `co_await ResumeSoon(loop)` gives the turn away.
struct ResumeSoon {
  explicit ResumeSoon(EventLoop& owner) : loop(owner) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> frame) { loop.resume_soon(frame); }
  void await_resume() const noexcept {}
  EventLoop& loop;
};

Task<void> take_turns(EventLoop& loop, std::string& log, char name, int times) {
  for (int i = 0; i < times; ++i) {
    log += name;
    co_await ResumeSoon(loop);
  }
}

Task<void> echo(Wire& wire) {
  while (const Chunk chunk = co_await wire.reader().read(100)) {
    wire.writer().write(chunk.data);
    const std::error_code ec = co_await wire.writer().drain();
    if (ec) co_return;
  }
}

}  // namespace

TEST_CASE("run returns what the main Task returns, or throws what it throws", "[event_loop]") {
  EventLoop loop;
  CHECK(run(loop, []() -> Task<int> { co_return 7; }()) == 7);
  CHECK_THROWS_AS(run(loop,
                      []() -> Task<int> {
                        throw std::runtime_error("on purpose");
                        co_return 0;
                      }()),
                  std::runtime_error);
}

TEST_CASE("run goes on while the main Task waits for what only another thread can bring",
          "[event_loop]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    const std::jthread other([&] { l.call_soon_threadsafe([&] { event.set(); }); });
    const bool happened = co_await event.wait();
    CHECK(happened);
  }(loop));
}

TEST_CASE("a loop can run one main Task after the other", "[event_loop]") {
  EventLoop loop;
  for (int i = 0; i < 3; ++i) {
    const int result = run(loop, [](EventLoop& l, int value) -> Task<int> {
      co_await turn(l);
      Wire wire(unix_pair());
      co_return value;
    }(loop, i));
    CHECK(result == i);
  }
}

TEST_CASE("a connection made in one run of a loop is served in the next", "[event_loop]") {
  Wire wire(unix_pair());
  for (int i = 0; i < 2; ++i) {
    const std::string got = run(wire.loop, [](Wire& w) -> Task<std::string> {
      Outcome outcome;
      TaskGroup group(w.loop);
      group.spawn(keep(outcome, [&] { return w.reader().read(10); }));
      co_await turn(w.loop);
      w.peer.send("abc");
      for (int turns = 0; turns < 20 && !outcome.done; ++turns) co_await turn(w.loop);
      group.cancel();
      co_await group.join();
      co_return outcome.data;
    }(wire));
    CHECK(got == "abc");
  }
}

TEST_CASE("the main Task is on the loop's thread from its first step, and the caller is not",
          "[event_loop]") {
  EventLoop loop;
  CHECK_FALSE(loop.running_in_this_thread());
  run(loop, [](EventLoop& l) -> Task<void> {
    CHECK(l.running_in_this_thread());
    co_await turn(l);
    CHECK(l.running_in_this_thread());
    bool elsewhere = true;
    std::thread([&] { elsewhere = l.running_in_this_thread(); }).join();
    CHECK_FALSE(elsewhere);
  }(loop));
  CHECK_FALSE(loop.running_in_this_thread());
}

TEST_CASE("a permit dropped in the first step of the main Task is free at once", "[event_loop]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    streams::Semaphore semaphore(l, 1);
    semaphore.try_acquire().release();
    CHECK(semaphore.free() == 1);
    co_await turn(l);
    CHECK(semaphore.free() == 1);
  }(loop));
}

TEST_CASE("run waits for what the main Task has started", "[event_loop]") {
  EventLoop loop;
  TaskGroup group(loop);
  bool ended = false;
  run(loop, [](EventLoop& l, TaskGroup& outlives, bool& out) -> Task<void> {
    outlives.spawn([](EventLoop& inner, bool& flag) -> Task<void> {
      const std::error_code ec = co_await streams::sleep_for(inner, 5ms);
      flag = !ec;
    }(l, out));
    co_return;
  }(loop, group, ended));
  CHECK(ended);
  CHECK(group.empty());
}

TEST_CASE("tasks that give their turn away take turns", "[event_loop]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    std::string log;
    TaskGroup group(l);
    for (const char name : {'a', 'b', 'c'}) group.spawn(take_turns(l, log, name, 3));
    CHECK(log == "abc");  // not from within resume_soon()
    co_await group.join();
    CHECK(log == "abcabcabc");
  }(loop));
}

TEST_CASE("tasks that resume each other for ever do not keep timers from their turn",
          "[event_loop]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    bool stop = false;
    TaskGroup group(l);
    group.spawn([](EventLoop& inner, const bool& enough) -> Task<void> {
      while (!enough) co_await ResumeSoon(inner);
    }(l, stop));
    const std::error_code ec = co_await streams::sleep_for(l, 1ms);
    CHECK_FALSE(ec);
    stop = true;
    co_await group.join();
  }(loop));
}

TEST_CASE("call_soon_threadsafe calls on the loop's thread, in the order of the calls",
          "[event_loop]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    co_await turn(l);
    std::string log;
    bool on_the_thread = true;
    const std::jthread other([&] {
      for (char name = 'a'; name <= 'z'; ++name) {
        l.call_soon_threadsafe([&, name] {
          on_the_thread = on_the_thread && l.running_in_this_thread();
          log += name;
        });
      }
    });
    co_await until(l, [&] { return log.size() == 26; });
    CHECK(log == "abcdefghijklmnopqrstuvwxyz");
    CHECK(on_the_thread);
  }(loop));
}

TEST_CASE("what a function called from another thread writes leaves when it returns",
          "[event_loop]") {
  over_unix([](Wire& wire) -> Task<void> {
    bool called = false;
    wire.loop.call_soon_threadsafe([&] {
      wire.writer().write("abc");
      called = true;
    });
    CHECK_FALSE(called);
    co_await until(wire.loop, [&] { return called; });
    CHECK(wire.peer.receive() == "abc");
  });
}

TEST_CASE("a loop counts the bytes of all its connections", "[event_loop]") {
  over_unix([](Wire& wire) -> Task<void> {
    SocketPair second = unix_pair();
    Peer second_peer(std::move(second.theirs));
    streams::Connection other(wire.loop, std::move(second.ours), {});
    wire.peer.send("12345");
    second_peer.send("123");
    const Chunk one = co_await wire.reader().readexactly(5);
    const Chunk two = co_await other.reader().readexactly(3);
    CHECK(one);
    CHECK(two);
    other.writer().write("1234567");
    co_await turn(wire.loop);
    CHECK(wire.loop.traffic().received.value() == 8);
    CHECK(wire.loop.traffic().sent.value() == 7);
    CHECK(wire.transport().bytes_received() == 5);
    CHECK(other.transport().bytes_sent() == 7);
  });
}

TEST_CASE("a loop that polls busily serves connections, timers and posts alike", "[event_loop]") {
  for (const auto busy : {0us, 50us, 5000us}) {
    EventLoop loop(EventLoop::Options{busy});
    run(loop, [](EventLoop& l) -> Task<void> {
      SocketPair pair = unix_pair();
      Peer peer(std::move(pair.theirs));
      streams::Connection connection(l, std::move(pair.ours), {});
      TaskGroup group(l);
      Outcome line;
      group.spawn(keep(line, [&] { return connection.reader().readline(); }));
      const std::error_code slept = co_await streams::sleep_for(l, 1ms);
      CHECK_FALSE(slept);
      bool posted = false;
      const std::jthread other([&] {
        l.call_soon_threadsafe([&] {
          posted = true;
          peer.send("abc\n");
        });
      });
      co_await group.join();
      CHECK(posted);
      CHECK(line.data == "abc\n");
    }(loop));
  }
}

TEST_CASE("an echo over a busily polling loop ends with its peer", "[event_loop]") {
  EventLoop loop(EventLoop::Options{200us});
  run(loop, [](EventLoop& l) -> Task<void> {
    Wire unused(unix_pair());
    SocketPair pair = unix_pair();
    Peer peer(std::move(pair.theirs));
    streams::Connection connection(l, std::move(pair.ours), {});
    for (int i = 0; i < 100; ++i) {
      peer.send("ping\n");
      const Chunk line = co_await connection.reader().readline();
      connection.writer().write(line.data);
      while (peer.receive().empty()) co_await turn(l);
    }
    peer.close();
    const Chunk end = co_await connection.reader().readline();
    CHECK(end.ec == streams::Error::end_of_stream);
  }(loop));
}

TEST_CASE("a task resumed by the loop's own timer flushes what it wrote", "[event_loop]") {
  over_unix([](Wire& wire) -> Task<void> {
    TaskGroup group(wire.loop);
    group.spawn(echo(wire));
    const std::error_code slept = co_await streams::sleep_for(wire.loop, 1ms);
    CHECK_FALSE(slept);
    wire.writer().write("after the sleep");
    co_await turn(wire.loop);
    CHECK(wire.peer.receive() == "after the sleep");
    wire.peer.close();
    co_await group.join();
  });
}
