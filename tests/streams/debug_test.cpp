#include "streams/debug.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <termios.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/misuse.hpp"
#include "streams/shield.hpp"
#include "streams/sleep.hpp"
#include "streams/task_group.hpp"
#include "streams/timeout.hpp"
#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/streams/death.hpp"
#include "tests/streams/run.hpp"

using namespace std::chrono_literals;
using streams::Debug;
using streams::Event;
using streams::EventLoop;
using streams::Task;
using streams::TaskGroup;
using streams::TaskInfo;

namespace {

/// A loop in debug mode that keeps what it would have warned of. Every callback is slow that takes
/// a millisecond, save for a machine that is slower still: tests look for names, never count.
struct Watched {
  Watched() : loop(options()) {}

  EventLoop::Options options() {
    EventLoop::Options wanted;
    wanted.debug.enabled = true;
    wanted.debug.slow_callback_duration = 50ms;
    wanted.debug.on_slow_callback = [this](const TaskInfo& task, Debug::Duration duration) {
      slow.push_back(task);
      CHECK(duration >= 50ms);
    };
    return wanted;
  }
  bool has_slow(const std::string& name) const {
    return std::any_of(slow.begin(), slow.end(),
                       [&](const TaskInfo& task) { return task.name == name; });
  }

  std::vector<TaskInfo> slow;
  EventLoop loop;
};

void hold_the_loop() { std::this_thread::sleep_for(60ms); }

Task<void> hold_after(Event& event) {
  co_await event.wait();
  hold_the_loop();
}

Task<void> hold_after_sleep(EventLoop& loop) {
  co_await streams::sleep_for(loop, 1ms);
  hold_the_loop();
}

Task<int> hold_and_return(EventLoop& loop) {
  co_await hold_after_sleep(loop);
  co_return 1;
}

Task<void> hold_within_a_timeout(EventLoop& loop) {
  const auto timed = co_await streams::with_timeout(loop, 10s, hold_and_return(loop));
  CHECK(timed.value == 1);
}

Task<void> hold_within_a_shield(EventLoop& loop) {
  co_await streams::shield(hold_after_sleep(loop));
}

Task<void> hold_at_once() {
  hold_the_loop();
  co_return;
}

Task<void> wait_for(Event& event) { co_await event.wait(); }

/// A terminal as standard error, for as long as this lives.
class TerminalAsStderr {
 public:
  TerminalAsStderr() : person_(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) {
    REQUIRE(person_);
    REQUIRE(::grantpt(person_.get()) == 0);
    REQUIRE(::unlockpt(person_.get()) == 0);
    program_ = streams::UniqueFd(::open(::ptsname(person_.get()), O_WRONLY | O_NOCTTY));
    REQUIRE(program_);
    before_ = streams::UniqueFd(::dup(STDERR_FILENO));
    REQUIRE(::dup2(program_.get(), STDERR_FILENO) == STDERR_FILENO);
  }
  ~TerminalAsStderr() { ::dup2(before_.get(), STDERR_FILENO); }
  TerminalAsStderr(const TerminalAsStderr&) = delete;
  TerminalAsStderr& operator=(const TerminalAsStderr&) = delete;

  /// As Ctrl-S does.
  void stop() const { REQUIRE(::tcflow(program_.get(), TCOOFF) == 0); }
  std::string shown() const {
    std::array<char, 1000> text;
    const ssize_t size = ::read(person_.get(), text.data(), text.size());
    return size < 0 ? std::string{} : std::string(text.data(), static_cast<std::size_t>(size));
  }

 private:
  streams::UniqueFd person_;
  streams::UniqueFd program_;
  streams::UniqueFd before_;
};

}  // namespace

TEST_CASE("a terminal that was stopped does not hold the loop up by a warning", "[debug]") {
  const TerminalAsStderr terminal;
  const auto hold = [] {
    EventLoop::Options options;
    options.debug.enabled = true;
    options.debug.slow_callback_duration = 50ms;
    EventLoop loop(options);
    loop.run([](EventLoop& on) -> Task<void> { co_await hold_after_sleep(on); }(loop));
  };
  hold();
  CHECK(terminal.shown().find(" held the loop for ") != std::string::npos);
  terminal.stop();
  hold();
  CHECK(terminal.shown().empty());
}

TEST_CASE("a callback that holds the loop is reported with its task's name and origin", "[debug]") {
  Watched watched;
  watched.loop.run([](Watched& w) -> Task<void> {
    Event event(w.loop);
    TaskGroup group(w.loop);
    group.spawn(hold_after(event), "the slow one");
    group.spawn(wait_for(event), "a quick one");
    event.set();
    co_await group.join();
  }(watched));
  REQUIRE(watched.has_slow("the slow one"));
  CHECK_FALSE(watched.has_slow("a quick one"));
  const TaskInfo& slow = watched.slow.front();
  CHECK(std::string(slow.created.file_name()).ends_with("debug_test.cpp"));
  CHECK(slow.to_string().starts_with("the slow one (created at "));
}

TEST_CASE("what holds the loop after an Asio operation is reported too", "[debug]") {
  Watched watched;
  watched.loop.run([](Watched& w) -> Task<void> {
    TaskGroup group(w.loop);
    group.spawn(hold_after_sleep(w.loop), "sleeper");
    co_await group.join();
  }(watched));
  CHECK(watched.has_slow("sleeper"));
}

TEST_CASE("a task keeps its name inside a time-out and a shield", "[debug]") {
  Watched watched;
  watched.loop.run([](Watched& w) -> Task<void> {
    TaskGroup group(w.loop);
    group.spawn(hold_within_a_timeout(w.loop), "timed");
    co_await group.join();
    group.spawn(hold_within_a_shield(w.loop), "shielded");
    co_await group.join();
  }(watched));
  CHECK(watched.has_slow("timed"));
  CHECK(watched.has_slow("shielded"));
}

TEST_CASE("a child that is slow before its first wait is told from the one that spawned it",
          "[debug]") {
  Watched watched;
  watched.loop.run([](Watched& w) -> Task<void> {
    TaskGroup group(w.loop);
    group.spawn(hold_at_once(), "child");
    co_await group.join();
  }(watched));
  CHECK(watched.has_slow("child"));
  CHECK_FALSE(watched.has_slow("main"));
}

TEST_CASE("the main task is called main, and others by a number", "[debug]") {
  Watched watched;
  watched.loop.run([](Watched& w) -> Task<void> {
    Event event(w.loop);
    TaskGroup group(w.loop);
    group.spawn(wait_for(event));
    std::vector<std::string> names;
    for (const TaskInfo& task : w.loop.debug()->all_tasks()) names.push_back(task.name);
    std::sort(names.begin(), names.end());
    CHECK(names == std::vector<std::string>{"main", "task-2"});
    CHECK(w.loop.debug()->running_task().name == "main");
    event.set();
    co_await group.join();
    CHECK(w.loop.debug()->all_tasks().size() == 1);
  }(watched));
  CHECK(watched.loop.debug()->all_tasks().empty());
}

TEST_CASE("a loop that is not in debug mode knows of no tasks", "[debug]") {
  EventLoop::Options options;
  options.debug.enabled = false;
  EventLoop loop(options);
  loop.run([](EventLoop& l) -> Task<void> {
    CHECK(l.debug() == nullptr);
    CHECK(Debug::current() == nullptr);
    co_await streams::sleep_for(l, 1ms);
  }(loop));
}

TEST_CASE("misuse names the task that is at fault", "[debug]") {
  Watched watched;
  watched.loop.run([](Watched&) -> Task<void> {
    std::string what;
    try {
      streams::misuse("something that must not be");
    } catch (const streams::Misuse& misuse) {
      what = misuse.what();
    }
    CHECK(what.starts_with("something that must not be, in main (created at "));
    co_return;
  }(watched));
}

TEST_CASE("a group destroyed while a child runs ends the process with a message", "[debug]") {
  const auto destroy = [] {
    EventLoop loop;
    loop.run([](EventLoop& l) -> Task<void> {
      Event never(l);
      TaskGroup group(l);
      group.spawn(wait_for(never));
      co_return;
    }(loop));
  };
  CHECK(tests::dies(destroy, "a TaskGroup was destroyed while a child runs; join() it first"));
}
