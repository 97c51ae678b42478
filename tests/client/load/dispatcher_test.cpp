#include "client/load/dispatcher.hpp"

#include <memory>
#include <string>
#include <vector>

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using client::load::Clock;
using client::load::Dispatch;
using client::load::Dispatcher;
using client::load::Progress;
using client::load::Tally;
using client::load::Time;

namespace {

class Taker final : public Dispatcher::Taker {
 public:
  explicit Taker(std::string& log, char name) : log_(log), name_(name) {}
  void take(Time when, Time) override {
    log_ += name_ + std::to_string((when - Time{}) / 1ms) + ' ';
  }

 private:
  std::string& log_;
  const char name_;
};

/// A dispatcher with three connections, a to c; a request is called after the millisecond that it
/// was due at.
struct Scene {
  explicit Scene(Dispatch dispatch) : dispatcher(dispatch, tally, progress) {
    tally.measured_from = Time{};
    for (Taker* const taker : {&a, &b, &c}) dispatcher.add(*taker);
  }
  void due(int when, std::size_t turn = 0) {
    dispatcher.due(Time{} + std::chrono::milliseconds{when}, turn, Clock::now());
  }
  std::string taken() { return std::exchange(log, {}); }

  std::string log;
  streams::EventLoop loop;
  client::load::Plan plan;
  Tally tally{plan};
  Progress progress{loop};
  Taker a{log, 'a'};
  Taker b{log, 'b'};
  Taker c{log, 'c'};
  Dispatcher dispatcher;
};

}  // namespace

TEST_CASE("a request goes to the longest idle connection, then to one with room, then it waits") {
  Scene scene(Dispatch::free);
  scene.dispatcher.stand_by(scene.b, false);
  scene.dispatcher.stand_by(scene.c, true);
  scene.dispatcher.stand_by(scene.a, true);
  for (const int when : {1, 2, 3, 4, 5}) scene.due(when);
  CHECK(scene.taken() == "c1 a2 b3 ");
  // Whose turn it would have been does not matter: the first that can takes the oldest.
  scene.dispatcher.offer(scene.b, Clock::now());
  CHECK(scene.taken() == "b4 ");
  CHECK(scene.dispatcher.next_for(scene.a) == Time{} + 5ms);
  CHECK(scene.dispatcher.next_for(scene.a) == Time::max());
  CHECK(scene.progress.open() == 5);
}

TEST_CASE("a connection that becomes idle, or has gone, is no longer where it stood by") {
  Scene scene(Dispatch::free);
  scene.dispatcher.stand_by(scene.a, false);
  scene.dispatcher.stand_by(scene.b, false);
  scene.dispatcher.stand_by(scene.b, true);
  scene.a.unlink();
  scene.due(1);
  scene.due(2);
  CHECK(scene.taken() == "b1 ");
}

TEST_CASE("a request that is bound waits for its connection, whatever the others do") {
  Scene scene(Dispatch::fixed);
  for (Taker* const taker : {&scene.a, &scene.b, &scene.c}) scene.dispatcher.offer(*taker, {});
  scene.due(1, 1);
  scene.due(2, 1);
  scene.due(3, 2);
  CHECK(scene.taken() == "b1 c3 ");
  CHECK(scene.dispatcher.next_for(scene.c) == Time::max());
  scene.dispatcher.offer(scene.b, Clock::now());
  CHECK(scene.taken() == "b2 ");
}

TEST_CASE("what waits at the end is unsent, wherever it waits") {
  for (const Dispatch dispatch : {Dispatch::free, Dispatch::fixed}) {
    Scene scene(dispatch);
    scene.due(1, 0);
    scene.due(2, 2);
    scene.dispatcher.drop_waiting();
    CHECK(scene.tally.unsent.size() == 2);
    CHECK(scene.progress.open() == 0);
    scene.dispatcher.offer(scene.c, Clock::now());
    CHECK(scene.taken().empty());
  }
}
