#include "server/serving/roll_call.hpp"

#include <thread>

#include "tests/server/serving/serving.hpp"
#include "tests/streams/budget.hpp"
#include "tests/streams/run.hpp"

using server::serving::RollCall;
using server::serving::Worker;
using namespace std::chrono_literals;

namespace {

/// The first, on the test's thread, and one more.
struct Two {
  streams::Task<void> ask() {
    RollCall<std::thread::id>::Question question = [](Worker&) {
      return std::this_thread::get_id();
    };
    std::vector<Worker*> workers{&home, &away};
    answers = co_await RollCall<std::thread::id>::ask(std::move(workers), std::move(question));
    away.end_intake();
    if (runs_late) {
      std::thread late([this] { away.loop().run(away.run()); });
      late.join();
      co_await tests::several_turns(home.loop());
    }
    home.end_intake();
  }
  streams::Task<void> run() {
    streams::TaskGroup both(home.loop());
    both.spawn(home.run());
    both.spawn(ask());
    co_await both.join();
  }

  tests::Events events;
  tests::Budget budget;
  Worker home{0, {}, 10s, events, budget.budget};
  Worker away{1, {}, 10s, events, budget.budget};
  RollCall<std::thread::id>::Answers answers;
  bool runs_late = false;  // the other one, when nobody waits for it any more
};

}  // namespace

TEST_CASE("every worker answers on its own thread", "[roll_call]") {
  Two two;
  std::thread thread([&two] { two.away.loop().run(two.away.run()); });
  const std::thread::id other = thread.get_id();
  tests::run(two.home.loop(), two.run());
  thread.join();
  REQUIRE(two.answers.size() == 2);
  CHECK(two.answers[0] == std::this_thread::get_id());
  CHECK(two.answers[1] == other);
}

TEST_CASE("a worker that does not answer is not waited for", "[roll_call]") {
  Two two;
  tests::run(two.home.loop(), two.run());
  REQUIRE(two.answers.size() == 2);
  CHECK(two.answers[0] == std::this_thread::get_id());
  CHECK_FALSE(two.answers[1]);
}

TEST_CASE("a worker that has ended is not waited for at all", "[roll_call]") {
  Two two;
  two.away.mark_ended();
  const auto before = std::chrono::steady_clock::now();
  tests::run(two.home.loop(), two.run());
  CHECK(std::chrono::steady_clock::now() - before < RollCall<int>::patience);
  REQUIRE(two.answers.size() == 2);
  CHECK(two.answers[0] == std::this_thread::get_id());
  CHECK_FALSE(two.answers[1]);
}

TEST_CASE("what a worker answers too late is dropped", "[roll_call]") {
  Two two;
  two.runs_late = true;
  tests::run(two.home.loop(), two.run());
  REQUIRE(two.answers.size() == 2);
  CHECK(two.answers[0] == std::this_thread::get_id());
  CHECK_FALSE(two.answers[1]);
}
