#include <chrono>
#include <string>

#include "server/protocols/protocol.hpp"
#include "streams/connection.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/socket_pair.hpp"

using namespace std::chrono;
using namespace std::chrono_literals;

namespace {

system_clock::time_point wall_clock;  // what the protocol is told it is

streams::Task<void> say_daytime(streams::EventLoop& loop, streams::Connection& connection,
                                const server::protocols::Context& context) {
  auto saying = server::protocols::daytime(connection.reader(), connection.writer(), context);
  const std::error_code ec = co_await std::move(saying);
  CHECK_FALSE(ec);
  co_await tests::turn(loop);
}

std::string daytime_at(system_clock::time_point now) {
  wall_clock = now;
  const server::insight::Registry stats;
  const server::protocols::Context context{"0", {}, stats, [] { return wall_clock; }};
  tests::SocketPair pair = tests::tcp_pair();
  tests::Peer peer(std::move(pair.theirs));
  streams::EventLoop loop;
  streams::Connection connection(loop, std::move(pair.ours), {});
  tests::run(loop, say_daytime(loop, connection, context));
  return peer.receive();
}

}  // namespace

TEST_CASE("daytime says the day in words and the time, in UTC", "[daytime]") {
  struct Row {
    system_clock::time_point now;
    std::string line;
  };
  for (const Row& row : {
           Row{sys_days(1970y / January / 1), "Thursday, January 01, 1970 00:00:00-UTC\r\n"},
           Row{sys_days(2000y / February / 29) + 12h,
               "Tuesday, February 29, 2000 12:00:00-UTC\r\n"},
           Row{sys_days(2023y / September / 3) + 9min + 7s,
               "Sunday, September 03, 2023 00:09:07-UTC\r\n"},
           Row{sys_days(2024y / June / 1) + 1h, "Saturday, June 01, 2024 01:00:00-UTC\r\n"},
           Row{sys_days(2027y / January / 1) - 1ms, "Thursday, December 31, 2026 23:59:59-UTC\r\n"},
       }) {
    CHECK(daytime_at(row.now) == row.line);
  }
}
