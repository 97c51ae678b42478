// Group 1: how a connection comes to be.
#include <array>
#include <string>
#include <utility>

#include "client/doctor/backlog.hpp"
#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"
#include "streams/sleep.hpp"
#include "streams/task_group.hpp"

namespace client::doctor {
namespace {

using streams::Task;
using namespace std::chrono_literals;

Task<std::string> octets_pass_both_ways(Bench& bench) {
  bench.clear();
  const auto near = co_await bench.connect();
  const auto far = co_await bench.accept();
  if (far == nullptr) throw Broken("no connection came to the origin");
  co_await send(*near, "request\n");
  co_await expect(*far, "request\n");
  co_await send(*far, "answer\n");
  co_await expect(*near, "answer\n");
  co_return "";
}

Task<std::string> origin_speaks_first(Bench& bench) {
  bench.clear();
  const auto near = co_await bench.connect();
  const auto far = co_await bench.accept();
  if (far == nullptr)
    throw Broken("no connection came to the origin, for the client had said nothing");
  co_await send(*far, "220 ready\r\n");
  co_await expect(*near, "220 ready\r\n");
  co_return "";
}

/// The origin's end of a client that has gone, if it was made at all.
Task<std::string> expect_no_orphan(Bench& bench) {
  const auto far = co_await bench.accept(1s);
  if (far == nullptr) co_return "the origin saw no connection";
  co_await expect_end(*far);
  co_return "the origin saw " + far->how_it_ended();
}

Task<std::string> connect_and_close(Bench& bench) {
  bench.clear();
  const auto near = co_await bench.connect();
  near->close();
  co_return co_await expect_no_orphan(bench);
}

Task<std::string> connect_and_reset(Bench& bench) {
  bench.clear();
  const auto near = co_await bench.connect();
  near->send_reset();
  co_return co_await expect_no_orphan(bench);
}

Task<std::string> refused_origin(Bench& bench) {
  bench.origin().close();
  std::unique_ptr<Socket> near;
  try {
    near = co_await bench.connect();
  } catch (const NoConnection& refused) {
    co_return std::string("the client saw ") + refused.what();
  }
  const Ended ended = co_await near->end(deadlock);
  if (ended == Ended::open) throw Broken("the client saw nothing for 5s, and is kept");
  co_return "the client saw " + near->how_it_ended();
}

Task<std::string> origin_comes_back(Bench& bench) {
  bench.origin().close();
  try {
    const auto refused = co_await bench.connect();
    co_await refused->end(1s);
  } catch (const NoConnection&) {
    // Just as well.
  }
  bench.origin().reopen();
  const auto until = Account::Clock::now() + deadlock;
  while (Account::Clock::now() < until) {
    const std::error_code ec = co_await streams::sleep_for(bench.loop(), 50ms);
    if (ec) throw Unable(ec.message());
    std::unique_ptr<Socket> near;
    try {
      near = co_await bench.connect();
    } catch (const NoConnection&) {
      continue;
    }
    const auto far = co_await bench.accept(500ms);
    if (far == nullptr) continue;
    co_await send(*near, "again");
    const bool came = co_await far->receive(5, 1s);
    if (came) co_return "";
  }
  throw Broken("for 5s after the origin had come back no connection reached it");
}

Task<std::string> late_accept(Bench& bench) {
  bench.clear();
  const auto near = co_await bench.connect();
  co_await send(*near, "early");
  co_await expect_silence(*near, 1s);
  const auto far = co_await bench.accept();
  if (far == nullptr) throw Broken("the connection was given up");
  co_await expect(*far, "early");
  co_await send(*far, "late");
  co_await expect(*near, "late");
  co_return "";
}

/// Counts down when a client is through, however it ended.
struct Through {
  explicit Through(unsigned* clients) : left(clients) {}
  Through(const Through&) = delete;
  Through& operator=(const Through&) = delete;
  ~Through() { --*left; }
  unsigned* left;
};

Task<void> ask_for_number(Bench& bench, unsigned number, unsigned* left) {
  const Through through(left);
  const std::string text = std::to_string(number) + '\n';
  std::unique_ptr<Socket> near;
  try {
    near = co_await bench.connect();
  } catch (const NoConnection& unable) {
    throw Broken("connection " + std::to_string(number) + ": " + unable.what());
  }
  co_await send(*near, text);
  co_await expect(*near, text);
  near->send_fin();
  co_await expect_fin(*near);
}

/// Echoes what comes until it ends.
Task<void> answer(std::unique_ptr<Socket> far) {
  for (std::uint64_t echoed = 0;;) {
    const bool more = co_await far->receive(echoed + 1, deadlock);
    if (!more) break;
    const std::string text = far->text().substr(echoed);
    echoed += text.size();
    co_await send(*far, text);
  }
  far->send_fin();
}

// Whoever comes is answered, for a proxy's probe may be among them.
Task<void> ask_and_answer(Bench& bench, streams::TaskGroup& group, unsigned* left) {
  for (unsigned i = 0, count = *left; i < count; ++i) group.spawn(ask_for_number(bench, i, left));
  while (*left != 0) {
    if (bench.way() == Way::through) {
      auto far = co_await bench.accept(50ms);
      if (far != nullptr) group.spawn(answer(std::move(far)));
    } else {
      const std::error_code ec = co_await streams::sleep_for(bench.loop(), 10ms);
      if (ec) throw Unable(ec.message());
    }
  }
}

Task<std::string> many_at_once(Bench& bench) {
  const unsigned count = bench.amount(100U, 30U);
  if (bench.way() == Way::through) bench.clear();
  unsigned left = count;
  const auto body = [&bench, &left](streams::TaskGroup& group) {
    return ask_and_answer(bench, group, &left);
  };
  co_await streams::task_group(bench.loop(), body);
  co_return std::to_string(count) + " connections";
}

Task<std::string> service_goes_on(Bench& bench) {
  {
    const auto gone = co_await bench.connect();
    gone->send_reset();
  }
  {
    const auto gone = co_await bench.connect();
    gone->close();
  }
  const std::string text = "PING\r\n";
  const std::string answer = bench.way() == Way::line ? "+PONG\r\n" : text;
  const auto near = co_await bench.connect();
  co_await send(*near, text);
  co_await expect(*near, answer);
  co_return "";
}

constexpr std::array table{
    must({1, 1}, only(Way::through),
         "A connection to the proxy becomes one to the origin, and octets pass both ways.",
         "Without it there is no service.", "RFC 9293 3.5", 1, 20s, octets_pass_both_ways),
    should({1, 2}, only(Way::through),
           "An origin that speaks first is heard by a client that has said nothing.",
           "SMTP, SSH, FTP and MySQL wait for the server's greeting.", "RFC 5321 3.1", 1, 20s,
           origin_speaks_first),
    must({1, 3}, only(Way::through),
         "A client that connects and closes at once leaves no connection behind at the origin.",
         "Port scans and health checks fill the origin with connections that nobody uses.",
         "RFC 9293 3.6", 5, 20s, connect_and_close),
    must({1, 4}, only(Way::through),
         "A client that connects and resets at once leaves no connection behind at the origin.",
         "Half-open scans and clients that give up fill the origin.", "RFC 9293 3.5.2", 5, 20s,
         connect_and_reset),
    should({1, 5}, only(Way::through),
           "Where the origin refuses, the client's connection is refused or ended, not kept in "
           "silence.",
           "A client that waits cannot try another server.", "RFC 9293 3.5.2", 1, 20s,
           refused_origin),
    should({1, 6}, only(Way::through),
           "Once the origin listens again, connections reach it within 5 s.",
           "A restart of the service becomes an outage.", "practice", 1, 20s, origin_comes_back),
    must({1, 7}, only(Way::through),
         "An origin that accepts a second late receives what was sent in the meantime.",
         "A busy server loses the first requests.", "RFC 9293 3.10.4", 1, 20s, late_accept),
    must({1, 8}, Way::through | Way::echo,
         "Of many connections at once each is served, and with its own octets.",
         "Clients that come together, after a deployment say, are lost or see each other's data.",
         "RFC 9293 3.1", 3, 30s, many_at_once),
    must({1, 9}, Way::echo | Way::line,
         "Clients that connect and reset or close at once do not keep the next from being served.",
         "A port scan ends the service.", "RFC 9293 3.5.2", 5, 20s, service_goes_on),
    should({1, 10}, only(Way::through),
           "A connection for which the origin's backlog has no room is made once it has.",
           "A moment in which the service is busy is an error for its clients.", "RFC 9293 3.8.1",
           1, 30s, full_backlog),
    must({1, 11}, only(Way::through),
         "While a connection waits for room in the origin's backlog, another is served as before.",
         "A full backlog is an outage of what is connected, too.", "practice", 1, 30s,
         others_beside_full_backlog),
    must({1, 12}, only(Way::through),
         "Where the origin stops listening, the connections that there are go on.",
         "A restart that lets connections end in peace cuts them off.", "practice", 1, 30s,
         origin_stops_listening)};

}  // namespace

std::span<const Case> establish_cases() { return table; }

}  // namespace client::doctor
