// STAMP, as the handler of the line protocol answers it on a connection in memory: which piece of
// input a line is said to have come with.
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include "server/protocols/protocol.hpp"
#include "streams/event_loop.hpp"
#include "streams/memory_connection.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

namespace {

using namespace std::chrono_literals;

std::int64_t readings = 0;  // of the clock

/// A nanosecond later at each reading, from 1 on.
std::chrono::steady_clock::time_point ticking() {
  return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(++readings));
}

class Client final : private streams::MemoryConnection::FarSide {
 public:
  explicit Client(streams::EventLoop& loop) : loop_(loop), connection_(loop, *this) {
    readings = 0;
    context_.monotonic = ticking;
  }

  streams::Task<void> serve() {
    auto serving = server::protocols::line(connection_.reader(), connection_.writer(), context_);
    const std::error_code ec = co_await std::move(serving);
    CHECK(ec == streams::Error::end_of_stream);
  }

  /// What is answered to a piece of input.
  streams::Task<std::string> tell(std::string_view piece) {
    connection_.feed(piece);
    co_await tests::several_turns(loop_);
    std::string answer(connection_.output());
    connection_.consume(answer.size());
    co_return answer;
  }

  void end() { connection_.feed_eof(); }

 private:
  void on_room() noexcept override {}
  void on_output() noexcept override {}

  streams::EventLoop& loop_;
  server::insight::Registry stats_;
  server::protocols::Context context_{"0", {}, stats_, std::chrono::system_clock::now};
  streams::MemoryConnection connection_;
};

streams::Task<void> first_and_later(Client& client, streams::TaskGroup& group) {
  auto serving = group.spawn(client.serve());
  std::string answer = co_await client.tell("STAMP a\r\nSTAMP b\r\n");
  CHECK(answer == "+1 2 a\r\n+1 3 b\r\n");
  answer = co_await client.tell("STAMP c\nPING\nSTAMP d\n");
  CHECK(answer == "+4 5 c\r\n+PONG\r\n+4 6 d\r\n");
  client.end();
}

streams::Task<void> in_pieces(Client& client, streams::TaskGroup& group) {
  auto serving = group.spawn(client.serve());
  co_await client.tell("STAMP\n");
  readings = 10;
  std::string answer = co_await client.tell("PING\nSTA");
  CHECK(answer == "+PONG\r\n");
  CHECK(readings == 11);
  answer = co_await client.tell("MP it is long");
  CHECK(answer.empty());
  answer = co_await client.tell(" in coming\nSTAMP\n");
  CHECK(answer == "+13 14 it is long in coming\r\n+13 15\r\n");
  client.end();
}

streams::Task<void> without_a_question(Client& client, streams::TaskGroup& group) {
  auto serving = group.spawn(client.serve());
  const std::string answer = co_await client.tell("PING\nECHO STAMP\nSTAMPS\nHELP STAMP\n");
  CHECK(answer.starts_with("+PONG\r\n+STAMP\r\n"));
  client.end();
}

streams::Task<void> with_telnet(Client& client, streams::TaskGroup& group) {
  auto serving = group.spawn(client.serve());
  co_await client.tell("STAMP\n");
  // DO ECHO is refused, and CR NUL ends a line.
  const std::string answer = co_await client.tell(std::string_view("STAMP\xff\xfd\x01 x\r\0", 12));
  CHECK(answer == "\xff\xfc\x01+3 4 x\r\n");
  client.end();
}

using Script = streams::Task<void>(Client&, streams::TaskGroup&);

void run(Script& script) {
  streams::EventLoop loop;
  Client client(loop);
  tests::run(loop, streams::task_group(
                       loop, [&](streams::TaskGroup& group) { return script(client, group); }));
}

}  // namespace

TEST_CASE("from the second piece on STAMP tells when the piece came, before when it came to it",
          "[stamp]") {
  run(first_and_later);
}

TEST_CASE("a line that comes in pieces came with the piece that has its end", "[stamp]") {
  run(in_pieces);
}

TEST_CASE("a connection that never asks for a stamp has no clock read", "[stamp]") {
  run(without_a_question);
  CHECK(readings == 0);
}

TEST_CASE("telnet's negotiation and line ends are seen behind the clock as before it", "[stamp]") {
  run(with_telnet);
}
