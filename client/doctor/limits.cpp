// Group 8: how many connections.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"

namespace client::doctor {
namespace {

using streams::Task;
using namespace std::chrono_literals;

double seconds_since(Account::Clock::time_point start) {
  return std::chrono::duration<double>(Account::Clock::now() - start).count();
}

Task<std::string> one_after_another(Bench& bench) {
  const unsigned count = bench.amount(500U, 100U);
  const auto start = Account::Clock::now();
  for (unsigned i = 0; i < count; ++i) {
    const Pair pair = co_await bench.pair();
    co_await send(*pair.near, "request\n");
    co_await expect(*pair.far, "request\n");
    pair.far->close();
    co_await expect_fin(*pair.near);
  }
  const double rate = count / seconds_since(start);
  co_return std::to_string(count) + " connections, " + std::to_string(static_cast<int>(rate)) +
      " a second";
}

Task<std::string> kept_together(Bench& bench) {
  const unsigned count = bench.amount(200U, 50U);
  std::vector<Pair> pairs;
  for (unsigned i = 0; i < count; ++i) {
    Pair pair = co_await bench.another_pair();
    pairs.push_back(std::move(pair));
  }
  for (const Pair& pair : pairs) {
    co_await send(*pair.near, "request\n");
    co_await expect(*pair.far, "request\n");
  }
  co_return std::to_string(count) + " connections";
}

Task<std::string> many_of_service(Bench& bench) {
  const std::string line = "PING\r\n";
  const std::string answer = bench.way == Way::line ? "+PONG\r\n" : line;
  const unsigned count = bench.amount(500U, 100U);
  const auto start = Account::Clock::now();
  for (unsigned i = 0; i < count; ++i) {
    const auto near = co_await bench.connect();
    co_await send(*near, line);
    co_await expect(*near, answer);
    near->send_fin();
    co_await expect_fin(*near);
  }
  const double rate = count / seconds_since(start);
  co_return std::to_string(count) + " connections, " + std::to_string(static_cast<int>(rate)) +
      " a second";
}

constexpr std::array table{
    must({8, 1}, only(Way::through), "Hundreds of connections, one after another, are all served.",
         "Ports or descriptors run out, and the service with them.", "practice", 1, 60s,
         one_after_another),
    should({8, 2}, only(Way::through), "Hundreds of connections are kept at the same time.",
           "A low limit of the proxy's is an outage at the busiest hour.", "practice", 1, 60s,
           kept_together),
    must({8, 3}, Way::echo | Way::line,
         "Hundreds of connections, one after another, are all served.",
         "Ports or descriptors run out, and the service with them.", "practice", 1, 60s,
         many_of_service)};

}  // namespace

std::span<const Case> limits_cases() { return table; }

}  // namespace client::doctor
