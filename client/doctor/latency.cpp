// Group 11: the time that a middle adds.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"

namespace client::doctor {
namespace {

using streams::Task;
using namespace std::chrono_literals;
using Time = std::chrono::nanoseconds;

/// The median round trip of an octet, in which one is sent `pieces` times before the answer.
Task<Time> round_trip(const Pair& pair, int count, int pieces) {
  std::vector<Time> times;
  const std::string request(static_cast<std::size_t>(pieces), '?');
  for (int i = 0; i < count; ++i) {
    const auto start = Account::Clock::now();
    for (int piece = 0; piece < pieces; ++piece) co_await send(*pair.near, "?");
    co_await expect(*pair.far, request);
    co_await send(*pair.far, "!");
    co_await expect(*pair.near, "!");
    times.emplace_back(Account::Clock::now() - start);
  }
  std::sort(times.begin(), times.end());
  co_return times[times.size() / 2];
}

std::string in_microseconds(Time time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(time).count()) +
         " us";
}

Task<std::string> added(Bench& bench) {
  const int count = bench.amount(1000, 200);
  const Pair direct = co_await bench.direct_pair();
  const Time without = co_await round_trip(direct, count, 1);
  const Pair pair = co_await bench.pair();
  const Time with = co_await round_trip(pair, count, 1);
  co_return "a round trip takes " + in_microseconds(with) + ", without the proxy " +
      in_microseconds(without) + " (medians)";
}

Task<std::string> small_writes(Bench& bench) {
  const int count = bench.amount(50, 10);
  const Pair direct = co_await bench.direct_pair();
  const Time without = co_await round_trip(direct, count, 2);
  const Pair pair = co_await bench.pair();
  const Time with = co_await round_trip(pair, count, 2);
  if (with > without + 30ms) {
    throw Broken("a request in two pieces takes " + in_microseconds(with) + ", without the proxy " +
                 in_microseconds(without) + " (medians)");
  }
  co_return "";
}

constexpr std::array table{
    info({11, 1}, only(Way::through), "The time that the proxy adds to a round trip of one octet.",
         "It is paid for each request.", "practice", 1, 60s, added),
    should({11, 2}, only(Way::through),
           "A request in two small pieces is not held back for tens of milliseconds.",
           "Nagle's algorithm and delayed acknowledgements together cost 40 ms a request.",
           "RFC 1122 4.2.3.4", 1, 60s, small_writes)};

}  // namespace

std::span<const Case> latency_cases() { return table; }

}  // namespace client::doctor
