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
    const Pair pair = co_await bench.another_pair();
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
  const std::string answer = bench.way() == Way::line ? "+PONG\r\n" : line;
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

/// As many as that come together, each of which asks for an answer of its own.
Task<void> burst(Bench& bench, unsigned size) {
  std::vector<std::unique_ptr<Socket>> nears;
  nears.reserve(size);
  for (unsigned i = 0; i < size; ++i) {
    try {
      auto near = co_await bench.connect();
      nears.push_back(std::move(near));
    } catch (const NoConnection& unable) {
      throw Broken(unable.what());
    }
    co_await send(*nears.back(), std::string(1, static_cast<char>('a' + i)));
  }
  for (unsigned i = 0; i < size; ++i) {
    const auto far = co_await bench.accept();
    if (far == nullptr) throw Broken("not all connections came to the origin");
    const bool came = co_await far->receive(1, deadlock);
    if (!came) throw Broken("a connection came to the origin without its octet");
    const auto of = static_cast<unsigned>(far->text().front() - 'a');
    co_await send(*far, "!");
    co_await expect(*nears.at(of), "!");
    far->close();
  }
}

Task<std::string> bursts(Bench& bench) {
  constexpr unsigned size = 20;
  const unsigned count = bench.is_direct() ? size : bench.amount(1000U, 200U);
  bench.clear();
  const auto start = Account::Clock::now();
  for (unsigned i = 0; i < count; i += size) co_await burst(bench, size);
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
         many_of_service),
    should({8, 4}, only(Way::through),
           "New connections that come 20 at a time, as fast as they are made, are all served.",
           "A limit of new connections a second is met at the busiest hour.", "practice", 1, 60s,
           bursts)};

}  // namespace

std::span<const Case> limits_cases() { return table; }

}  // namespace client::doctor
