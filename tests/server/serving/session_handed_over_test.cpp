// Sessions that one group tells and another goes on with, as two processes do.
#include <fcntl.h>
#include <stdexcept>

#include "server/hand_over/record.hpp"
#include "server/serving/session.hpp"
#include "tests/server/serving/one_session.hpp"
#include "tests/streams/run.hpp"

using server::hand_over::read_record;
using server::insight::Cause;
using server::serving::ListenerUse;
using server::serving::Session;
using server::serving::Sessions;
using tests::Served;
using namespace std::chrono_literals;

namespace {

/// Who goes on.
struct Next {
  explicit Next(Served& served) : sessions(served.loop, 0) { sessions.events.subscribe(events); }

  /// Takes over the only session of `from`.
  void take(Served& served, Sessions& from) {
    std::string records;
    streams::UniqueFd socket;
    from.for_each([&](Session& session) {
      REQUIRE(session.save(records).empty());
      socket = streams::UniqueFd(::fcntl(session.fd(), F_DUPFD_CLOEXEC, 0));
      session.give_away();
    });
    const auto read = read_record(records);
    REQUIRE(read.wrong.empty());
    Session::resume(sessions, {read.record, std::move(socket), ListenerUse(*served.listener), {}});
  }
  void take(Served& served) { take(served, served.sessions); }
  streams::Task<void> ended(Served& served) {
    co_await tests::until(served.loop, [this] { return sessions.empty(); });
    co_await sessions.join();
  }

  tests::Events events;
  Sessions sessions;
};

streams::Task<void> receive(Served& served, std::string& got, std::size_t size) {
  while (got.size() < size && !served.peer->has_ended() && served.peer->error() == 0) {
    got += served.peer->receive();
    co_await tests::turn(served.loop);
  }
}

/// Why the only session would have to stay.
std::string why_it_stays(Served& served) {
  std::string why;
  std::string records;
  served.each([&](Session& session) { why = session.save(records); });
  CHECK(records.empty());
  return why;
}

}  // namespace

TEST_CASE("a session goes on elsewhere in the middle of a line", "[session]") {
  Served served("line");
  served.run([](Served& self) -> streams::Task<void> {
    Next next(self);
    self.peer->send("ECHO one\r\nECHO tw");
    std::string got;
    co_await receive(self, got, 5);
    CHECK(got == "+one\r\n");
    next.take(self);
    co_await self.ended();
    self.peer->send("o\r\nQUIT\r\n");
    co_await receive(self, got, 18);
    CHECK(got == "+one\r\n+two\r\n+BYE\r\n");
    self.peer->close();
    co_await next.ended(self);
    CHECK(next.events.causes == std::vector{Cause::done});
  });
  // Its first process says nothing of its end.
  CHECK(served.events.causes.empty());
  CHECK(served.events.failures.empty());
}

TEST_CASE("what telnet's negotiation has come to goes along with a session", "[session]") {
  Served served("line");
  served.run([](Served& self) -> streams::Task<void> {
    Next next(self);
    // DO ECHO, which is refused once, and the beginning of another command.
    self.peer->send("\xff\xfd\x01\xff");
    std::string got;
    co_await receive(self, got, 3);
    CHECK(got == "\xff\xfc\x01");
    next.take(self);
    self.peer->send("\xfd\x01PING\r\n");
    co_await receive(self, got, 10);
    CHECK(got == "\xff\xfc\x01+PONG\r\n");
    self.peer->close();
    co_await next.ended(self);
  });
}

TEST_CASE("what has been through telnet is not taken for telnet again", "[session]") {
  Served served("line");
  served.run([](Served& self) -> streams::Task<void> {
    // An octet 255, which telnet doubles.
    Next next(self);
    const std::string_view line = "ECHO a\xff\xff\xfd\x01z";
    std::string here;
    self.peer->send(std::string(line) + "\r\n" + std::string(line));
    while (!here.ends_with('\n')) co_await receive(self, here, here.size() + 1);
    next.take(self);
    self.peer->send("\r\n");
    std::string there;
    co_await receive(self, there, here.size());
    CHECK(there == here);
    self.peer->close();
    co_await next.ended(self);
  });
}

TEST_CASE("an echo with unsent output that was half-closed goes on elsewhere", "[session]") {
  Served served("echo");
  served.run([](Served& self) -> streams::Task<void> {
    Next next(self);
    std::string sent;
    const std::string piece(100'000, 'x');
    for (int i = 0; i < 200; ++i) {
      sent += piece.substr(0, self.peer->try_send(piece));
      co_await tests::turn(self.loop);
    }
    sent += "end";
    next.take(self);
    Next after(self);
    after.take(self, next.sessions);
    std::string got = self.peer->receive(1'000'000);
    co_await tests::several_turns(self.loop);
    got += self.peer->receive(1'000'000);
    while (self.peer->try_send("end") == 0) {
      got += self.peer->receive();
      co_await tests::turn(self.loop);
    }
    self.peer->shutdown_send();
    co_await receive(self, got, sent.size() + 1);
    CHECK((got == sent));
    CHECK(self.peer->has_ended());
    co_await next.ended(self);
    co_await after.ended(self);
    CHECK(after.events.causes == std::vector{Cause::peer_closed});
  });
}

TEST_CASE("a session that is being closed goes on elsewhere", "[session]") {
  Served served("line");
  served.run([](Served& self) -> streams::Task<void> {
    Next next(self);
    self.peer->send("QUIT\r\n");
    std::string got;
    co_await receive(self, got, 6);
    CHECK(got == "+BYE\r\n");
    next.take(self);
    co_await self.ended();
    self.peer->close();
    co_await next.ended(self);
    CHECK(next.events.causes == std::vector{Cause::done});
  });
}

TEST_CASE("a session that cannot be told says why it stays", "[session]") {
  SECTION("a protocol that is nearly over") {
    Served served("daytime");
    served.run([](Served& self) -> streams::Task<void> {
      CHECK(why_it_stays(self) == "its protocol");
      self.peer->close();
      co_return;
    });
  }
  SECTION("one with a stage") {
    config::Limits limits;
    limits.send_rate = 1'000'000;
    Served served("echo", limits);
    served.run([](Served& self) -> streams::Task<void> {
      CHECK(why_it_stays(self) == "faults, rates or a record of its end");
      self.peer->close();
      co_return;
    });
  }
  SECTION("one that is asked to end") {
    Served served("echo");
    served.run([](Served& self) -> streams::Task<void> {
      self.each([](Session& session) { session.end_by_order(false); });
      CHECK(why_it_stays(self) == "its end");
      self.peer->close();
      co_return;
    });
  }
}

TEST_CASE("a record of another protocol is refused, and the connection stays as it was",
          "[session]") {
  Served served("line");
  const tests::TestListener echo("echo");
  served.run([&echo](Served& self) -> streams::Task<void> {
    std::string records;
    streams::UniqueFd socket;
    self.each([&](Session& session) {
      REQUIRE(session.save(records).empty());
      socket = streams::UniqueFd(::fcntl(session.fd(), F_DUPFD_CLOEXEC, 0));
    });
    Sessions next(self.loop, 0);
    const auto read = read_record(records);
    CHECK_THROWS_AS(Session::resume(next, {read.record, std::move(socket), ListenerUse(*echo), {}}),
                    std::invalid_argument);
    CHECK(next.empty());
    self.peer->send("PING\r\n");
    std::string got;
    co_await receive(self, got, 7);
    CHECK(got == "+PONG\r\n");
    self.peer->close();
    co_await next.join();
  });
}
