// Group 11: the time that a middle adds.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"
#include "client/stamp.hpp"

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

struct Parts {
  Time there{0};
  Time at_origin{0};
  Time back{0};
};

Time median(std::vector<Time> times) {
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

/// Medians. Both ends look at the same clock.
Task<Parts> parts_of(const Pair& pair, int count) {
  std::vector<Time> there;
  std::vector<Time> at_origin;
  std::vector<Time> back;
  for (int i = 0; i < count; ++i) {
    const auto sent = Account::Clock::now();
    co_await send(*pair.near, "?");
    co_await expect(*pair.far, "?");
    const auto arrived = Account::Clock::now();
    const auto answered = Account::Clock::now();
    co_await send(*pair.far, "!");
    co_await expect(*pair.near, "!");
    there.emplace_back(arrived - sent);
    at_origin.emplace_back(answered - arrived);
    back.emplace_back(Account::Clock::now() - answered);
  }
  co_return Parts{median(there), median(at_origin), median(back)};
}

std::string in_words(const Parts& parts) {
  return "there " + in_microseconds(parts.there) + ", at the origin " +
         in_microseconds(parts.at_origin) + ", back " + in_microseconds(parts.back);
}

Task<std::string> parts(Bench& bench) {
  const int count = bench.amount(1000, 200);
  const Pair direct = co_await bench.direct_pair();
  const Parts without = co_await parts_of(direct, count);
  const Pair pair = co_await bench.pair();
  const Parts with = co_await parts_of(pair, count);
  co_return in_words(with) + "; without the proxy " + in_words(without) + " (medians)";
}

Task<std::string> stamped(Bench& bench) {
  const int count = bench.amount(1000, 200);
  const auto near = co_await bench.connect();
  std::vector<Time> in_server;
  std::vector<Time> on_the_way;
  for (int i = 0; i < count; ++i) {
    const auto start = Account::Clock::now();
    const std::size_t before = near->text().size();
    co_await send(*near, "STAMP\r\n");
    std::optional<Time> whole;  // until the first octet
    while (!near->text().substr(before).ends_with('\n')) {
      const bool more = co_await near->receive(near->received() + 1, deadlock);
      if (!more) throw Unable("STAMP is not answered");
      if (!whole) whole = Account::Clock::now() - start;
    }
    const std::string line = near->text().substr(before);
    const auto stamp = read_stamp(std::string_view(line).substr(0, line.find_first_of("\r\n")));
    if (!stamp) throw Unable("the service knows no STAMP");
    in_server.push_back(stamp->in_server());
    on_the_way.push_back(*whole - stamp->in_server());
  }
  co_return "in the server " + in_microseconds(median(in_server)) + ", on the way there and back " +
      in_microseconds(median(on_the_way)) + " (medians)";
}

constexpr std::array table{
    info({11, 1}, only(Way::through), "The time that the proxy adds to a round trip of one octet.",
         "It is paid for each request.", "practice", 1, 60s, added),
    should({11, 2}, only(Way::through),
           "A request in two small pieces is not held back for tens of milliseconds.",
           "Nagle's algorithm and delayed acknowledgements together cost 40 ms a request.",
           "RFC 1122 4.2.3.4", 1, 60s, small_writes),
    info({11, 3}, only(Way::through),
         "Where the time of a round trip goes: the way there, the origin, the way back.",
         "A slow answer is nobody's until it is known where it was slow.", "practice", 1, 60s,
         parts),
    info({11, 4}, only(Way::line),
         "Where the time of a round trip goes: in the server, and on the way there and back.",
         "A slow answer is nobody's until it is known where it was slow.", "echolined(8), STAMP", 1,
         60s, stamped)};

}  // namespace

std::span<const Case> latency_cases() { return table; }

}  // namespace client::doctor
