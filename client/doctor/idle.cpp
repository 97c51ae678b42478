// Group 6: connections on which nothing is said for a while.
#include <array>
#include <string>

#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"

namespace client::doctor {
namespace {

using streams::Task;
using namespace std::chrono_literals;

Task<std::string> silent_both_ways(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await expect_talk(pair);
  co_await expect_silence(*pair.near, bench.silence(10s, 2s));
  co_await expect_talk(pair);
  co_return "";
}

Task<std::string> silent_from_the_start(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await expect_silence(*pair.near, bench.silence(10s, 2s));
  co_await expect_talk(pair);
  co_return "";
}

/// Only one side talks, an octet at a time.
Task<void> one_way(Bench& bench, Socket& talks, Socket& listens) {
  const int octets = bench.is_direct() ? 2 : bench.amount(40, 8);
  for (int i = 0; i < octets; ++i) {
    co_await send(talks, "x");
    co_await expect(listens, "x");
    co_await expect_silence(talks, 250ms);
  }
  co_await send(listens, "done");
  co_await expect(talks, "done");
}

Task<std::string> only_origin_talks(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await one_way(bench, *pair.far, *pair.near);
  co_return "";
}

Task<std::string> only_client_talks(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await one_way(bench, *pair.near, *pair.far);
  co_return "";
}

Task<std::string> service_is_patient(Bench& bench) {
  const std::string line = "PING\r\n";
  const std::string answer = bench.way() == Way::line ? "+PONG\r\n" : line;
  const auto near = co_await bench.connect();
  co_await send(*near, line);
  co_await expect(*near, answer);
  co_await expect_silence(*near, bench.silence(10s, 2s));
  co_await send(*near, line);
  co_await expect(*near, answer);
  co_return "";
}

constexpr const char* rfc = "RFC 1122 4.2.3.6";
constexpr const char* pools = "Connections of a pool are dead when they are taken out.";

constexpr std::array table{
    should(
        {6, 1}, only(Way::through),
        "A connection that was used is kept through some seconds of silence (10; 2 with --quick).",
        pools, rfc, 1, 30s, silent_both_ways),
    should({6, 2}, only(Way::through),
           "A new connection is kept through some seconds of silence (10; 2 with --quick).", pools,
           rfc, 1, 30s, silent_from_the_start),
    should({6, 3}, only(Way::through), "A connection on which only the origin talks is kept.",
           "Streams of events are cut off although they flow.", rfc, 1, 30s, only_origin_talks),
    should({6, 4}, only(Way::through), "A connection on which only the client talks is kept.",
           "Logs and metrics that are shipped are cut off although they flow.", rfc, 1, 30s,
           only_client_talks),
    should({6, 5}, Way::echo | Way::line,
           "A service keeps a connection through some seconds of silence (10; 2 with --quick).",
           pools, rfc, 1, 30s, service_is_patient)};

}  // namespace

std::span<const Case> idle_cases() { return table; }

}  // namespace client::doctor
