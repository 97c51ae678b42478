// A session and the sweep that looks at it: which deadlines end it, and how.
#include "tests/server/serving/one_session.hpp"

using server::insight::Cause;
using server::serving::Session;
using streams::Task;
using tests::Served;
using namespace std::chrono_literals;

namespace {

config::Limits with(std::chrono::milliseconds config::Limits::*deadline) {
  config::Limits limits;
  limits.idle_timeout = 0s;
  limits.*deadline = 10s;
  return limits;
}

void look(Served& self, Session::Clock::time_point when) {
  self.each([when](Session& session) { session.check(when); });
  self.sessions.paces.forget_others();
}

bool is_above_high_water(Served& self) {
  bool is_above = false;
  self.each([&](Session& session) { is_above = session.state({}).above_high_water; });
  return is_above;
}

}  // namespace

TEST_CASE("a client that says nothing is told so and closed", "[session deadlines]") {
  Served served("line", with(&config::Limits::first_byte_timeout));
  served.run([](Served& self) -> Task<void> {
    const auto now = Session::Clock::now();
    look(self, now + 9s);
    co_await tests::several_turns(self.loop);
    CHECK(self.peer->receive().empty());
    look(self, now + 11s);
    co_await self.ended();
    CHECK(self.peer->receive() == "-ERR no line has come in time\r\n");
    CHECK(self.peer->has_ended());
  });
  CHECK(served.events.causes == std::vector{Cause::first_byte_timeout});
}

TEST_CASE("a client that has said something, or of which something waits, has its first byte",
          "[session deadlines]") {
  const bool is_read = GENERATE(true, false);
  Served served("echo", with(&config::Limits::first_byte_timeout));
  const auto steps = [](Served& self, bool read) -> Task<void> {
    const auto now = Session::Clock::now();
    self.peer->send("x");
    if (read) co_await tests::several_turns(self.loop);
    look(self, now + 1h);
    co_await tests::several_turns(self.loop);
    CHECK(self.peer->receive() == "x");
    CHECK(self.events.causes.empty());
    self.peer->shutdown_send();
    co_await self.ended();
  };
  served.run([&](Served& self) { return steps(self, is_read); });
  CHECK(served.events.causes == std::vector{Cause::peer_closed});
}

TEST_CASE("single bytes do not push back the deadline of a line", "[session deadlines]") {
  Served served("line", with(&config::Limits::line_timeout));
  served.run([](Served& self) -> Task<void> {
    const auto now = Session::Clock::now();
    for (int second = 0; second != 10; ++second) {
      self.peer->send("x");
      co_await tests::several_turns(self.loop);
      look(self, now + second * 1s);
      CHECK(self.peer->receive().empty());
    }
    self.peer->send("x");
    co_await tests::several_turns(self.loop);
    look(self, now + 10s);
    co_await self.ended();
    CHECK(self.peer->receive() == "-ERR the line has not ended in time\r\n");
    CHECK(self.peer->has_ended());
  });
  CHECK(served.events.causes == std::vector{Cause::line_timeout});
}

TEST_CASE("neither does telnet's negotiation, nor a line that is too long already",
          "[session deadlines]") {
  Served served("line", with(&config::Limits::line_timeout));
  const std::string more = GENERATE(std::string("\xff\xf1", 2), std::string(9000, 'x'));
  const auto steps = [](Served& self, std::string piece) -> Task<void> {
    const auto now = Session::Clock::now();
    self.peer->send("x" + piece);
    co_await tests::several_turns(self.loop);
    look(self, now);
    for (int second = 1; second != 10; ++second) {
      self.peer->send(piece);
      co_await tests::several_turns(self.loop);
      look(self, now + second * 1s);
      CHECK(self.events.causes.empty());
    }
    look(self, now + 10s);
    co_await self.ended();
    CHECK(self.peer->receive().ends_with("-ERR the line has not ended in time\r\n"));
  };
  served.run([&](Served& self) { return steps(self, more); });
  CHECK(served.events.causes == std::vector{Cause::line_timeout});
}

TEST_CASE("the end of a line does, and between lines there is no deadline", "[session deadlines]") {
  Served served("line", with(&config::Limits::line_timeout));
  served.run([](Served& self) -> Task<void> {
    const auto now = Session::Clock::now();
    self.peer->send("PI");
    co_await tests::several_turns(self.loop);
    look(self, now);
    self.peer->send("NG\nPI");  // another begins at once
    co_await tests::several_turns(self.loop);
    look(self, now + 10s);
    look(self, now + 19s);
    self.peer->send("NG\n");
    co_await tests::several_turns(self.loop);
    look(self, now + 20s);
    look(self, now + 2h);
    co_await tests::several_turns(self.loop);
    CHECK(self.peer->receive() == "+PONG\r\n+PONG\r\n");
    CHECK(self.events.causes.empty());
    self.peer->shutdown_send();
    co_await self.ended();
  });
  CHECK(served.events.causes == std::vector{Cause::peer_closed});
}

TEST_CASE("a client that takes nothing of what is unsent is reset", "[session deadlines]") {
  Served served("chargen", with(&config::Limits::drain_timeout));
  served.run([](Served& self) -> Task<void> {
    co_await tests::until(self.loop, [&self] { return is_above_high_water(self); });
    const auto now = Session::Clock::now();
    look(self, now);
    look(self, now + 9s);
    // It reads a part, which is time until it stops again.
    self.peer->receive(std::size_t{1} << 20);
    co_await tests::several_turns(self.loop);
    look(self, now + 10s);
    look(self, now + 19s);
    co_await tests::several_turns(self.loop);
    CHECK(self.events.causes.empty());
    look(self, now + 20s);
    co_await self.ended();
    self.peer->receive();
    CHECK(self.peer->error() == ECONNRESET);
  });
  CHECK(served.events.causes == std::vector{Cause::drain_timeout});
}

TEST_CASE("a session that has lasted for its time ends, what has come is answered",
          "[session deadlines]") {
  Served served("line", with(&config::Limits::max_session_time));
  served.run([](Served& self) -> Task<void> {
    const auto now = Session::Clock::now();
    self.peer->send("PING\n");
    co_await tests::several_turns(self.loop);
    look(self, now + 9s);
    look(self, now + 11s);
    co_await self.ended();
    CHECK(self.peer->receive() == "+PONG\r\n-ERR a session may not last any longer\r\n");
    CHECK(self.peer->has_ended());
  });
  CHECK(served.events.causes == std::vector{Cause::max_session_time});
}

TEST_CASE("a session that does not end in its time is reset", "[session deadlines]") {
  config::Limits limits = with(&config::Limits::max_session_time);
  limits.close_timeout = 5s;
  Served served("chargen", limits);
  served.run([](Served& self) -> Task<void> {
    co_await tests::until(self.loop, [&self] { return is_above_high_water(self); });
    const auto now = Session::Clock::now();
    look(self, now + 11s);
    // It takes a little now and then, which is progress, and never all that the kernels hold.
    for (int second = 12; second != 15; ++second) {
      self.peer->receive(std::size_t{512} << 10);
      co_await tests::several_turns(self.loop);
      look(self, now + second * 1s);
    }
    look(self, now + 16s);
    co_await self.ended();
    self.peer->receive();
    CHECK(self.peer->error() == ECONNRESET);
  });
  CHECK(served.events.causes == std::vector{Cause::max_session_time});
}

TEST_CASE("a client that takes the last of its output too slowly is reset", "[session deadlines]") {
  config::Limits limits;
  limits.close_timeout = 1s;
  limits.min_close_rate = 1000;  // 12,000 in 12 s
  limits.high_water = 64 * 1024 * 1024;
  Served served("echo", limits);
  served.run([](Served& self) -> Task<void> {
    // More than the kernels hold, then the end.
    const std::string piece(64 * 1024, 'x');
    std::size_t sent = 0;
    while (sent < (std::size_t{16} << 20)) {
      sent += self.peer->try_send(piece);
      co_await tests::turn(self.loop);
    }
    self.peer->shutdown_send();
    co_await tests::several_turns(self.loop);
    const auto now = Session::Clock::now();
    look(self, now);
    self.peer->receive(std::size_t{4} << 20);
    co_await tests::several_turns(self.loop);
    look(self, now + 11s);
    look(self, now + 22s);
    co_await tests::several_turns(self.loop);
    CHECK(self.events.causes.empty());
    look(self, now + 23s);
    co_await self.ended();
    self.peer->receive();
    CHECK(self.peer->error() == ECONNRESET);
  });
  CHECK(served.events.causes == std::vector{Cause::min_close_rate});
}
