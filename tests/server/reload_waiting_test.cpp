#include "server/reload_waiting.hpp"

#include <algorithm>
#include <optional>

#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using server::ReloadWaiting;

namespace {

/// Who waits on a loop, and what each was told.
struct Asking {
  streams::Task<void> ask(std::size_t who) {
    told.resize(std::max(told.size(), who + 1));
    const ReloadWaiting::Outcome outcome = co_await waiting.wait();
    told[who] = outcome;
  }
  template <class Steps>
  void run(Steps steps) {
    tests::run(loop, beside(std::move(steps)));
  }
  template <class Steps>
  streams::Task<void> beside(Steps steps) {
    streams::TaskGroup asking(loop);
    group = &asking;
    co_await steps(*this);
    co_await asking.join();
  }

  streams::EventLoop loop;
  ReloadWaiting waiting{loop};
  streams::TaskGroup* group = nullptr;
  std::vector<std::optional<ReloadWaiting::Outcome>> told;
};

ReloadWaiting::Outcome done(std::size_t listeners) {
  ReloadWaiting::Outcome outcome;
  outcome.done = true;
  outcome.listeners = listeners;
  return outcome;
}

}  // namespace

TEST_CASE("who asks during a reload is told of the next one", "[reload]") {
  Asking asking;
  asking.run([](Asking& self) -> streams::Task<void> {
    self.group->spawn(self.ask(0));
    self.waiting.begin();
    self.group->spawn(self.ask(1));
    self.waiting.answer(done(1));
    co_await tests::several_turns(self.loop);
    REQUIRE(self.told[0]);
    CHECK(self.told[0]->listeners == 1);
    CHECK_FALSE(self.told[1]);
    self.waiting.begin();
    self.waiting.answer(done(2));
    co_await tests::several_turns(self.loop);
    REQUIRE(self.told[1]);
    CHECK(self.told[1]->listeners == 2);
  });
}

TEST_CASE("whose reload was superseded is told of the one that took its place", "[reload]") {
  Asking asking;
  asking.run([](Asking& self) -> streams::Task<void> {
    self.group->spawn(self.ask(0));
    self.waiting.begin();
    self.waiting.begin();
    co_await tests::several_turns(self.loop);
    CHECK_FALSE(self.told[0]);
    self.waiting.answer(done(3));
    co_await tests::several_turns(self.loop);
    REQUIRE(self.told[0]);
    CHECK(self.told[0]->listeners == 3);
  });
}

TEST_CASE("whoever waits for a reload that will not come is told so", "[reload]") {
  Asking asking;
  asking.run([](Asking& self) -> streams::Task<void> {
    self.group->spawn(self.ask(0));
    { const ReloadWaiting::LastWords end(self.waiting); }
    self.group->spawn(self.ask(1));
    co_await tests::several_turns(self.loop);
    for (const auto& told : self.told) {
      REQUIRE(told);
      CHECK_FALSE(told->done);
      CHECK(told->errors == std::vector<std::string>{"the daemon is stopping"});
    }
  });
}

TEST_CASE("who was cancelled is told nothing, and those behind it all the same", "[reload]") {
  Asking asking;
  asking.run([](Asking& self) -> streams::Task<void> {
    auto first = self.group->spawn(self.ask(0));
    self.group->spawn(self.ask(1));
    self.waiting.begin();
    first.cancel();
    co_await tests::several_turns(self.loop);
    self.group->spawn(self.ask(2));
    self.waiting.answer(done(4));
    co_await tests::several_turns(self.loop);
    REQUIRE(self.told[1]);
    CHECK(self.told[1]->listeners == 4);
    CHECK_FALSE(self.told[2]);
    self.waiting.begin();
    self.waiting.answer(done(5));
  });
}

namespace {

streams::Task<void> ask(ReloadWaiting& waiting, int& answers) {
  const ReloadWaiting::Outcome outcome = co_await waiting.wait();
  CHECK_FALSE(outcome.done);
  ++answers;
}

streams::Task<void> outlive(streams::EventLoop& loop) {
  int answers = 0;
  std::optional<ReloadWaiting> waiting(loop);
  streams::TaskGroup asking(loop);
  asking.spawn(ask(*waiting, answers));
  asking.spawn(ask(*waiting, answers));
  waiting.reset();
  asking.cancel();
  co_await asking.join();
  CHECK(answers == 2);
}

}  // namespace

TEST_CASE("who waits for a reload may outlive what it waits for", "[reload]") {
  streams::EventLoop loop;
  tests::run(loop, outlive(loop));
}
