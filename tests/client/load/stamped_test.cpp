// Runs with stamps against services that answer them as they should, or not.
#include <chrono>
#include <cstdint>
#include <string>

#include "client/load/protocol.hpp"
#include "client/load/run.hpp"
#include "streams/sleep.hpp"
#include "streams/text/line.hpp"
#include "tests/client/load/service.hpp"

using namespace tests;
using namespace std::chrono_literals;
using client::load::ErrorKind;
using client::load::Stamped;
using streams::Chunk;
using streams::Connection;
using streams::EventLoop;
using streams::Task;

namespace {

std::string stamp(std::chrono::nanoseconds received, std::chrono::nanoseconds sent,
                  std::string_view line) {
  line.remove_prefix(std::string_view("STAMP ").size());
  return '+' + std::to_string(received.count()) + ' ' + std::to_string(sent.count()) + ' ' +
         std::string(text::without_end(line)) + "\r\n";
}

/// Says that it had each request for 3 ms, by a clock of its own, and has it for 20.
Task<void> slow_way(EventLoop& loop, Connection& connection, std::size_t) {
  while (const Chunk chunk = co_await connection.reader().readline()) {
    CHECK(chunk.data.starts_with("STAMP "));
    const std::string reply = stamp(7h, 7h + 3ms, chunk.data);
    co_await streams::sleep_for(loop, std::chrono::milliseconds(20));
    connection.writer().write(reply);
  }
}

/// The reply in pieces, wherever it may be cut.
Task<void> in_pieces(EventLoop& loop, Connection& connection, std::size_t) {
  std::size_t cut = 0;
  while (const Chunk chunk = co_await connection.reader().readline()) {
    const std::string reply = stamp(1s, 1s + 1us, chunk.data);
    cut = cut % (reply.size() - 1) + 1;
    connection.writer().write(reply.substr(0, cut));
    co_await streams::sleep_for(loop, std::chrono::milliseconds(1));
    connection.writer().write(reply.substr(cut));
  }
}

Task<void> longer_than_it_took(EventLoop&, Connection& connection, std::size_t) {
  while (const Chunk chunk = co_await connection.reader().readline()) {
    connection.writer().write(stamp(0s, 1h, chunk.data));
  }
}

Task<void> unknown_command(EventLoop&, Connection& connection, std::size_t) {
  while (const Chunk chunk = co_await connection.reader().readline()) {
    connection.writer().write("-ERR unknown command 'STAMP', try HELP\r\n");
  }
}

/// The first five right, the next with another tag, the next without numbers.
Task<void> wrong_later(EventLoop&, Connection& connection, std::size_t) {
  static int answered;
  if (answered > 7) answered = 0;
  while (const Chunk chunk = co_await connection.reader().readline()) {
    const int number = ++answered;
    if (number == 6) {
      connection.writer().write("+1 2 other\r\n");
    } else if (number == 7) {
      connection.writer().write("+PONG\r\n");
    } else {
      connection.writer().write(stamp(1s, 1s, chunk.data));
    }
  }
}

Task<void> endless(Connection& connection, std::string_view begin) {
  while (const Chunk chunk = co_await connection.reader().read(65536)) {
    connection.writer().write(begin);
    for (int i = 0; i < 300; ++i) connection.writer().write(std::string(1000, 'x'));
    if (co_await connection.writer().drain()) co_return;
  }
}
Task<void> endless_reply(EventLoop&, Connection& connection, std::size_t) {
  return endless(connection, "+");
}
Task<void> endless_error(EventLoop&, Connection& connection, std::size_t) {
  return endless(connection, "-");
}

Task<void> steers_terminals(EventLoop&, Connection& connection, std::size_t) {
  while (const Chunk line = co_await connection.reader().readline()) {
    connection.writer().write("-ERR \x1b]0;owned\x07\n");
  }
}

Plan stamped(std::uint64_t requests, std::size_t connections = 1) {
  Plan plan = plan_of(requests, connections);
  plan.protocol = &client::load::line_protocol;
  plan.payload.stamped = true;
  return plan;
}

}  // namespace

TEST_CASE("a service time is told apart into the server's and the way's") {
  Plan plan = stamped(30, 3);
  const Results results = load(plan, slow_way).results;
  CHECK(results.total.answered == 30);
  CHECK(results.total.errors.total() == 0);
  const Stamped& parts = results.stamped;
  CHECK(parts.server.count() == 30);
  CHECK(parts.server.min() == 3ms);
  CHECK(parts.server.max() == 3ms);
  CHECK(parts.way.count() == 30);
  CHECK(parts.way.min() == results.total.service.min() - 3ms);
  CHECK(parts.way.max() == results.total.service.max() - 3ms);
  CHECK(parts.way.min() > 16ms);
  CHECK(parts.longer == 0);
}

TEST_CASE("requests in flight together have a stamp each, at a rate as well") {
  Plan plan = stamped(200, 2);
  plan.pipeline = 8;
  CHECK(load(plan, in_pieces).results.stamped.server.count() == 200);
  plan.stages = {{.from = 1000, .to = 1000, .time = 0s}};
  const Results results = load(plan, in_pieces).results;
  CHECK(results.stamped.server.count() == results.total.answered);
  CHECK(results.total.answered == 200);
}

TEST_CASE("a stamp that comes in pieces is one") {
  const Results results = load(stamped(120), in_pieces).results;
  CHECK(results.total.answered == 120);
  CHECK(results.stamped.server.count() == 120);
  CHECK(results.stamped.server.max() == 1us);
  CHECK_FALSE(results.first_byte.empty());
}

TEST_CASE("what is answered in the warm-up has no part in the figures") {
  Plan plan = stamped(20);
  plan.warmup = 50ms;
  const Results results = load(plan, slow_way).results;
  CHECK(results.stamped.server.count() == results.total.answered);
}

TEST_CASE("a server that says it took longer than there was time is told of") {
  const Results results = load(stamped(10), longer_than_it_took).results;
  CHECK(results.stamped.longer == 10);
  CHECK(results.stamped.way.max() == 0ns);
  REQUIRE(results.notes.size() == 1);
  CHECK(
      results.notes[0].starts_with("10 of 10 stamps say that the server had a request for longer"));
}

TEST_CASE("a service that does not know the command has failed with its words") {
  const Results results = load(stamped(10), unknown_command).results;
  CHECK(results.total.errors[ErrorKind::other] == 10);
  CHECK(results.error_examples[static_cast<std::size_t>(ErrorKind::other)] ==
        "the service answered -ERR unknown command 'STAMP', try HELP");
  CHECK(results.stamped.server.empty());
}

TEST_CASE("another's stamp, and none, are mismatches and have no part in the figures") {
  const Results results = load(stamped(20), wrong_later).results;
  CHECK(results.total.errors[ErrorKind::mismatch] == 2);
  CHECK(results.stamped.server.count() == results.total.answered);
  REQUIRE(results.mismatches.size() == 2);
  CHECK(results.mismatches[0].offset == std::string_view("+1 2 ").size());
  CHECK(results.mismatches[0].got == "other");
  CHECK(results.mismatches[0].expected.size() == 64);
  CHECK(results.mismatches[1].got == "+PONG");
  CHECK(results.mismatches[1].pattern.starts_with("^\\+[0-9]+ [0-9]+ "));
}

TEST_CASE("a reply without an end is a mismatch") {
  for (const auto service : {endless_reply, endless_error}) {
    const Results results = load(stamped(10), service).results;
    CHECK(results.total.answered == 0);
    CHECK(results.total.errors[ErrorKind::mismatch] >= 5);
    CHECK(results.total.errors[ErrorKind::other] == 0);
  }
}

TEST_CASE("the words of a service steer no terminal") {
  const Results results = load(stamped(1), steers_terminals).results;
  CHECK(results.error_examples[static_cast<std::size_t>(ErrorKind::other)] ==
        "the service answered -ERR ?]0;owned?");
}
