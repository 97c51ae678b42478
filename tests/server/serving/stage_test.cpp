// Stage: a session whose bytes pass through one, and what its server does to it meanwhile.
#include "server/serving/stage.hpp"

#include <cerrno>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/serving/session.hpp"
#include "streams/faults/plan.hpp"
#include "tests/server/serving/one_session.hpp"
#include "tests/streams/run.hpp"

using server::insight::Cause;
using server::serving::Session;
using tests::Served;
using namespace std::chrono_literals;

namespace {

constexpr faults::Identity someone{7, 1, 1};

config::Limits rates(std::uint64_t receive, std::uint64_t send) {
  config::Limits limits;
  limits.receive_rate = receive;
  limits.send_rate = send;
  return limits;
}

config::Listener with_faults(const std::vector<std::string>& plan, const std::string& protocol) {
  config::Listener settings = tests::settings(protocol);
  settings.plan = faults::parse_plan(plan).plan;
  return settings;
}

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * i >> 3U);
  return bytes;
}

/// All that comes until the session has ended.
streams::Task<void> read_on(Served& self, std::string& got) {
  const auto more = [&self, &got] {
    got += self.peer->receive();
    return self.sessions.empty();
  };
  co_await tests::until(self.loop, more);
  got += self.peer->receive();
}

}  // namespace

TEST_CASE("a stage passes every byte, in order, and then the end", "[stage]") {
  const auto limits = GENERATE(rates(4 << 20, 0), rates(0, 4 << 20), rates(8 << 20, 8 << 20));
  Served served("echo", limits);
  served.run([](Served& self) -> streams::Task<void> {
    const std::string sent = pattern(100'000);
    std::string got;
    self.peer->send(sent);
    self.peer->shutdown_send();
    auto reading = read_on(self, got);
    co_await std::move(reading);
    CHECK(got == sent);
    CHECK(self.peer->has_ended());
  });
  CHECK(served.events.causes == std::vector{Cause::peer_closed});
}

TEST_CASE("once the server ends a session, a rate delays nothing", "[stage]") {
  Served served("echo", rates(0, 1000));  // a hundred seconds
  served.run([](Served& self) -> streams::Task<void> {
    const std::string sent = pattern(100'000);
    std::string got;
    self.peer->send(sent);
    co_await tests::until(self.loop,
                          [&self, &got] { return !(got += self.peer->receive()).empty(); });
    self.each([](Session& session) { session.end(Cause::shutdown); });
    self.peer->shutdown_send();
    auto reading = read_on(self, got);
    co_await std::move(reading);
    CHECK(got == sent.substr(0, got.size()));
    CHECK(self.peer->has_ended());
  });
  CHECK(served.events.causes == std::vector{Cause::shutdown});
}

TEST_CASE("a session that is aborted does not wait for its rate", "[stage]") {
  Served served("chargen", rates(0, 10));
  served.run([](Served& self) -> streams::Task<void> {
    co_await tests::several_turns(self.loop);
    self.each([](Session& session) { session.abort(Cause::aborted); });
    co_await self.ended();
    self.peer->receive();
    CHECK(self.peer->error() == ECONNRESET);
  });
  CHECK(served.events.causes == std::vector{Cause::aborted});
}

TEST_CASE("a fault that ends a connection is told, and is the cause", "[stage]") {
  Served served(with_faults({"fin at byte 3"}, "echo"), someone);
  served.run([](Served& self) -> streams::Task<void> {
    std::string got;
    self.peer->send("whole");
    self.peer->shutdown_send();
    auto reading = read_on(self, got);
    co_await std::move(reading);
    CHECK(got == "who");
    CHECK(self.peer->has_ended());
  });
  const std::vector<std::pair<faults::Action, std::uint64_t>> met{{faults::Action::fin, 1}};
  CHECK(served.events.faults == met);
  CHECK(served.events.causes == std::vector{Cause::fault});
}

TEST_CASE("a fault at replies knows where the protocol ends one", "[stage]") {
  Served served(with_faults({"swallow-reply after line 2"}, "line"), someone);
  served.run([](Served& self) -> streams::Task<void> {
    std::string got;
    self.peer->send("ECHO 1\r\nECHO 2\r\nECHO 3\r\nQUIT\r\n");
    self.peer->shutdown_send();
    auto reading = read_on(self, got);
    co_await std::move(reading);
    CHECK(got == "+1\r\n+3\r\n+BYE\r\n");
  });
  CHECK(served.events.causes == std::vector{Cause::done});
}

TEST_CASE("what is met in the bytes that are there at the start counts by its line", "[stage]") {
  Served served(with_faults({"insert 9 after line 1 of input", "fin at byte 6"}, "line"), someone);
  served.peer->send("PING\r\nPING\r\nPING\r\n");
  served.run([](Served& self) -> streams::Task<void> {
    std::string got;
    self.peer->shutdown_send();
    auto reading = read_on(self, got);
    co_await std::move(reading);
    CHECK(got == "+PONG\r");
  });
  CHECK(served.events.faults_met == "fin@output:6");
}

TEST_CASE("a session that the faults of its listener are not for has none", "[stage]") {
  Served served(with_faults({"fin at byte 3"}, "echo"), std::nullopt);
  served.run([](Served& self) -> streams::Task<void> {
    std::string got;
    self.peer->send("whole");
    self.peer->shutdown_send();
    auto reading = read_on(self, got);
    co_await std::move(reading);
    CHECK(got == "whole");
  });
  CHECK(served.events.faults.empty());
  CHECK(served.events.causes == std::vector{Cause::peer_closed});
}

TEST_CASE("what faults hold is none of the memory that a shed session gives back", "[stage]") {
  Served served(with_faults({"coalesce 32KiB"}, "echo"), someone);
  served.run([](Served& self) -> streams::Task<void> {
    self.peer->send(pattern(20'000));
    const auto unsent = [&self] {
      std::size_t bytes = 0;
      self.each(
          [&bytes](Session& session) { bytes = session.state(Session::Clock::now()).unsent; });
      return bytes;
    };
    co_await tests::until(self.loop, [&unsent] { return unsent() == 20'000; });
    co_await tests::several_turns(self.loop);
    self.each([](Session& session) { CHECK(session.held() == 0); });
    self.peer->shutdown_send();
    co_await self.ended();
  });
}
