#include <string>

#include "client/load/echo_messages.hpp"
#include "client/load/run.hpp"
#include "tests/client/load/service.hpp"

using namespace tests;
using client::load::ErrorKind;
using client::load::Mismatch;
using streams::Chunk;
using streams::Connection;
using streams::EventLoop;
using streams::Task;

namespace {

constexpr std::size_t size = 64;

/// Answers message after message with what `Change` makes of the first five, then of the fifth
/// alone; every connection but the first is served well.
template <class Change>
Task<void> changing(EventLoop& loop, Connection& connection, std::size_t number, Change change) {
  if (number != 1) {
    auto served = echo(loop, connection, number);
    co_await std::move(served);
    co_return;
  }
  std::string all;
  for (int i = 0; i < 5; ++i) {
    const Chunk chunk = co_await connection.reader().readexactly(size);
    if (!chunk) co_return;
    all += chunk.data;
  }
  change(all);
  connection.writer().write(all);
  while (const Chunk chunk = co_await connection.reader().read(65536)) {
    connection.writer().write(chunk.data);
  }
}

Task<void> change_a_byte(EventLoop& loop, Connection& connection, std::size_t number) {
  return changing(loop, connection, number, [](std::string& all) {
    all[3 * size + 40] = static_cast<char>(~all[3 * size + 40]);
  });
}
Task<void> lose_the_second(EventLoop& loop, Connection& connection, std::size_t number) {
  return changing(loop, connection, number, [](std::string& all) { all.erase(size, size); });
}
Task<void> double_the_second(EventLoop& loop, Connection& connection, std::size_t number) {
  return changing(loop, connection, number,
                  [](std::string& all) { all.insert(size, all.substr(size, size)); });
}
Task<void> swap_two(EventLoop& loop, Connection& connection, std::size_t number) {
  return changing(loop, connection, number, [](std::string& all) {
    all = all.substr(0, size) + all.substr(2 * size, size) + all.substr(size, size) +
          all.substr(3 * size);
  });
}
Task<void> lose_a_byte(EventLoop& loop, Connection& connection, std::size_t number) {
  return changing(loop, connection, number, [](std::string& all) { all.erase(2 * size + 50, 1); });
}
Task<void> double_the_last(EventLoop&, Connection& connection, std::size_t) {
  while (const Chunk chunk = co_await connection.reader().readexactly(size)) {
    const std::string message(chunk.data);
    connection.writer().write(message);
    if (!connection.reader().at_eof()) connection.writer().write(message);
  }
}

/// The first reply of all is right.
Task<void> right_once(EventLoop&, Connection& connection, std::size_t number) {
  for (bool first = number == 1;; first = false) {
    const Chunk chunk = co_await connection.reader().readexactly(size);
    if (!chunk) co_return;
    connection.writer().write(first ? std::string(chunk.data) : std::string(size, 'x'));
  }
}

Plan pipelined() {
  Plan plan = plan_of(50);
  plan.pipeline = 5;
  return plan;
}

Mismatch only_mismatch(Handler handler) {
  const auto [results, accepted] = load(pipelined(), handler);
  CHECK(results.total.errors[ErrorKind::mismatch] == 1);
  // What was in flight behind it goes with the connection.
  CHECK(results.total.errors[ErrorKind::abandoned] <= 4);
  CHECK(results.total.offered == 50);
  CHECK(results.total.answered + 1 + results.total.errors[ErrorKind::abandoned] == 50);
  REQUIRE(results.mismatches.size() == 1);
  CHECK(accepted == 1 + 2);
  return results.mismatches[0];
}

std::string message(std::uint64_t sequence) {
  client::load::EchoMessages messages(size, size, 1);
  return std::string(messages.request(0, sequence));
}

}  // namespace

TEST_CASE("a byte that was changed is reported with its place, and both of it") {
  const Mismatch mismatch = only_mismatch(change_a_byte);
  CHECK(mismatch.connection == 0);
  CHECK(mismatch.sequence == 3);
  CHECK(mismatch.offset == 40);
  CHECK(mismatch.expected == message(3).substr(40));
  std::string got = message(3).substr(40);
  got[0] = static_cast<char>(~got[0]);
  CHECK(mismatch.got.substr(0, got.size()) == got);
}

TEST_CASE("a reply that was lost is reported, and which one came instead") {
  const Mismatch mismatch = only_mismatch(lose_the_second);
  CHECK(mismatch.sequence == 1);
  CHECK(mismatch.offset == 0);
  CHECK(mismatch.got_sequence == 2);
}

TEST_CASE("a reply that came twice is reported, and which one it was") {
  const Mismatch mismatch = only_mismatch(double_the_second);
  CHECK(mismatch.sequence == 2);
  CHECK(mismatch.got_sequence == 1);
}

TEST_CASE("replies that changed places are reported") {
  const Mismatch mismatch = only_mismatch(swap_two);
  CHECK(mismatch.sequence == 1);
  CHECK(mismatch.got_sequence == 2);
}

TEST_CASE("a byte that was lost is found where it is missing") {
  const Mismatch mismatch = only_mismatch(lose_a_byte);
  CHECK(mismatch.sequence == 2);
  CHECK(mismatch.offset == 50);
}

TEST_CASE("a last reply that came twice is found at the end") {
  const auto [results, accepted] = load(plan_of(1), double_the_last);
  CHECK(results.total.answered == 1);
  CHECK(results.total.errors.total() == 0);
  CHECK(results.other_errors[ErrorKind::mismatch] == 1);
  REQUIRE(results.mismatches.size() == 1);
  CHECK(results.mismatches[0].sequence == 1);
  CHECK(results.mismatches[0].expected.empty());
  CHECK(results.mismatches[0].got_sequence == 0);
}

TEST_CASE("without verification only the number of bytes matters") {
  Plan plan = pipelined();
  plan.verify = false;
  const auto [results, accepted] = load(plan, change_a_byte);
  CHECK(results.total.answered == 50);
  CHECK(results.total.errors.total() == 0);
}

TEST_CASE("of many mismatches the first few are kept, and all are counted") {
  const auto [results, accepted] = load(plan_of(31), right_once);
  CHECK(results.total.answered == 1);
  CHECK(results.total.errors[ErrorKind::mismatch] == 30);
  CHECK(results.mismatches.size() == 8);
}

TEST_CASE("where the first replies are all wrong the run ends: it is another protocol") {
  Plan plan = plan_of(0, 3);
  plan.requests.reset();
  plan.duration = std::chrono::hours{1};
  const auto [results, accepted] =
      load(plan, [](EventLoop&, Connection& connection, std::size_t) -> Task<void> {
        while (const Chunk chunk = co_await connection.reader().readexactly(size)) {
          connection.writer().write("-ERR unknown command\r\n");
        }
      });
  CHECK(results.ended_early.find("not those of --protocol echo") != std::string::npos);
  CHECK(results.total.errors[ErrorKind::mismatch] >= 5);
  CHECK(accepted < 50);
  CHECK_FALSE(results.interrupted);
  CHECK(results.total.offered == results.total.errors.total());
}
