#include "server/serving/session.hpp"

#include <stdexcept>

#include "tests/server/serving/one_session.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/socket_pair.hpp"

using server::insight::Cause;
using server::protocols::Protocol;
using server::serving::Session;
using tests::Served;
using namespace std::chrono_literals;

namespace {

streams::Task<std::error_code> fails(streams::StreamReader&, streams::StreamWriter& writer,
                                     const server::protocols::Context&) {
  writer.write("cut sho");
  co_return std::make_error_code(std::errc::io_error);
}

streams::Task<std::error_code> throws(streams::StreamReader& reader, streams::StreamWriter&,
                                      const server::protocols::Context&) {
  const streams::Chunk chunk = co_await reader.read(1);
  if (chunk) throw std::runtime_error("a bug");
  co_return chunk.ec;
}

constexpr Protocol failing{{"failing", "", {}}, fails, "", ""};
constexpr Protocol throwing{{"throwing", "", {}}, throws, "", ""};

}  // namespace

TEST_CASE("a session whose peer closes ends once everything is answered", "[session]") {
  Served served("echo");
  served.run([](Served& self) -> streams::Task<void> {
    self.peer->send("hello");
    self.peer->shutdown_send();
    co_await self.ended();
    CHECK(self.peer->receive() == "hello");
    CHECK(self.peer->has_ended());
  });
  CHECK(served.events.starts == 1);
  CHECK(served.events.causes == std::vector{Cause::peer_closed});
}

TEST_CASE("a session whose protocol is over ends as done", "[session]") {
  Served served("daytime");
  served.run([](Served& self) -> streams::Task<void> {
    self.peer->shutdown_send();
    co_await self.ended();
  });
  CHECK(served.events.causes == std::vector{Cause::done});
}

TEST_CASE("what was cut short by an error ends with a reset, not with FIN", "[session]") {
  Served served(failing);
  served.run([](Served& self) -> streams::Task<void> {
    co_await self.ended();
    self.peer->receive();
    CHECK_FALSE(self.peer->has_ended());
    CHECK(self.peer->error() == ECONNRESET);
  });
  CHECK(served.events.causes == std::vector{Cause::connection_error});
}

TEST_CASE("an exception ends its session alone, with a reset, and is told once", "[session]") {
  Served served(throwing);
  served.run([](Served& self) -> streams::Task<void> {
    self.peer->send("x");
    co_await self.ended();
    self.peer->receive();
    CHECK(self.peer->error() == ECONNRESET);
  });
  CHECK(served.events.failures == std::vector<std::string>{"a bug"});
  CHECK(served.events.causes == std::vector{Cause::exception});
}

TEST_CASE("who is refused is told so and is not served", "[session]") {
  Served served("line", {}, true);
  served.run([](Served& self) -> streams::Task<void> {
    self.peer->send("PING\r\n");
    self.peer->shutdown_send();
    co_await self.ended();
    CHECK(self.peer->receive() == "-ERR server is full, try again later\r\n");
  });
  CHECK(served.events.causes == std::vector{Cause::refused});
}

TEST_CASE("a session is idle once its time has passed without a byte", "[session]") {
  const auto timeout = GENERATE(std::chrono::milliseconds(200ms), std::chrono::milliseconds(1h),
                                std::chrono::milliseconds(1200h), std::chrono::milliseconds(8760h));
  config::Limits limits;
  limits.idle_timeout = timeout;
  Served served("echo", limits);
  served.run([](Served& self) -> streams::Task<void> {
    const auto limit = (*self.listener).settings.limits.idle_timeout;
    const auto now = Session::Clock::now();
    const auto look = [&self](Session::Clock::time_point when) {
      self.each([when](Session& session) { session.check(when); });
    };
    look(now + limit - 100ms);
    co_await tests::several_turns(self.loop);
    self.peer->receive();
    CHECK_FALSE(self.peer->has_ended());
    look(now + limit);
    self.peer->shutdown_send();
    co_await self.ended();
  });
  CHECK(served.events.causes == std::vector{Cause::idle});
}

TEST_CASE("a byte makes the idle time begin anew", "[session]") {
  config::Limits limits;
  limits.idle_timeout = 10s;
  Served served("discard", limits);
  served.run([](Served& self) -> streams::Task<void> {
    const auto now = Session::Clock::now();
    const auto look = [&self](Session::Clock::time_point when) {
      self.each([when](Session& session) { session.check(when); });
    };
    self.peer->send("x");
    co_await tests::several_turns(self.loop);
    look(now + 9s);   // notices the byte
    look(now + 18s);  // nine seconds later
    co_await tests::several_turns(self.loop);
    CHECK(self.events.causes.empty());
    look(now + 19s);
    self.peer->shutdown_send();
    co_await self.ended();
  });
  CHECK(served.events.causes == std::vector{Cause::idle});
}

TEST_CASE("an aborted session resets its peer at once", "[session]") {
  Served served("chargen");
  served.run([](Served& self) -> streams::Task<void> {
    co_await tests::several_turns(self.loop);
    self.each([](Session& session) { session.abort(Cause::aborted); });
    co_await self.ended();
    self.peer->receive();
    CHECK(self.peer->error() == ECONNRESET);
  });
  CHECK(served.events.causes == std::vector{Cause::aborted});
}

TEST_CASE("a session that is closed by order ends gracefully", "[session]") {
  Served served("echo");
  served.run([](Served& self) -> streams::Task<void> {
    self.peer->send("hello");
    self.each([](Session& session) { session.end_by_order(false); });
    co_await self.ended();
    CHECK(self.peer->receive() == "hello");
    CHECK(self.peer->has_ended());
  });
  CHECK(served.events.causes == std::vector{Cause::closed});
}

TEST_CASE("a session that is closed by order and moves no byte for its close time-out is reset",
          "[session]") {
  config::Limits limits;
  limits.close_timeout = 5s;
  Served served("chargen", limits);
  served.run([](Served& self) -> streams::Task<void> {
    auto now = Session::Clock::now();
    const auto look = [&self](Session::Clock::time_point when) {
      self.each([when](Session& session) { session.check(when); });
    };
    // The peer does not read.
    bool is_stuck = false;
    co_await tests::until(self.loop, [&] {
      self.each([&](Session& session) { is_stuck = session.state(now).above_high_water; });
      return is_stuck;
    });
    self.each([](Session& session) { session.end_by_order(false); });
    look(now);
    look(now + 4s);
    co_await tests::several_turns(self.loop);
    CHECK(self.events.causes.empty());
    co_await tests::until(self.loop, [&] {
      look(now += 6s);
      return self.sessions.empty();
    });
  });
  CHECK(served.events.causes == std::vector{Cause::aborted});
}
