#include "server/insight/event_feed.hpp"

#include <string>
#include <thread>
#include <vector>

#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using server::insight::EventFeed;

namespace {

template <class Test>
void on_a_loop(Test test) {
  streams::EventLoop loop;
  tests::run(loop, test(loop));
}

}  // namespace

TEST_CASE("a feed without a watcher is not watched", "[event_feed]") {
  on_a_loop([](streams::EventLoop& loop) -> streams::Task<void> {
    EventFeed feed;
    CHECK_FALSE(feed.is_watched());
    {
      const EventFeed::Watcher watcher(feed, loop, "");
      CHECK(feed.is_watched());
    }
    CHECK_FALSE(feed.is_watched());
    feed.publish("nobody hears");
    co_return;
  });
}

TEST_CASE("a watcher is woken for lines with its filter, from any thread", "[event_feed]") {
  on_a_loop([](streams::EventLoop& loop) -> streams::Task<void> {
    EventFeed feed;
    EventFeed::Watcher all(feed, loop, "");
    EventFeed::Watcher filtered(feed, loop, "listener=echo");
    std::thread publisher([&feed] {
      feed.publish("session listener=line");
      feed.publish("session listener=echo");
    });
    const bool some = co_await filtered.some();
    CHECK(some);
    publisher.join();
    CHECK(filtered.take().lines == std::vector<std::string>{"session listener=echo"});
    CHECK(all.take().lines.size() == 2);
    CHECK(all.take().lines.empty());
  });
}

TEST_CASE("what finds no room is lost and counted, and the rest is in order", "[event_feed]") {
  on_a_loop([](streams::EventLoop& loop) -> streams::Task<void> {
    EventFeed feed;
    EventFeed::Watcher watcher(feed, loop, "");
    const std::string line(EventFeed::Watcher::most_waiting / 4 + 1, 'x');
    for (int i = 0; i < 7; ++i) feed.publish(line);
    // It would fit, but not in order.
    feed.publish("y");
    EventFeed::Watcher::Taken taken = watcher.take();
    CHECK(taken.lines.size() == 3);
    CHECK(taken.lost == 5);
    feed.publish("z");
    taken = watcher.take();
    CHECK(taken.lines == std::vector<std::string>{"z"});
    CHECK(taken.lost == 0);
    co_return;
  });
}
