// Group 8: how many connections.
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"
#include "streams/endpoint.hpp"

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

/// Whether one more that comes from `source` is served within a second; it is kept.
Task<bool> is_served(Bench& bench, std::optional<streams::Endpoint> source,
                     std::vector<std::unique_ptr<Socket>>& kept) {
  const std::string request = bench.way() == Way::line ? "PING\r\n" : "octets\n";
  try {
    auto near = co_await bench.connect_from(source);
    const bool sent = co_await near->send(request, 1s);
    kept.push_back(std::move(near));
    if (!sent) co_return false;
  } catch (const NoConnection&) {
    co_return false;
  }
  if (bench.way() == Way::through) {
    auto far = co_await bench.accept(1s);
    if (far == nullptr) co_return false;
    kept.push_back(std::move(far));
  }
  // The origin, or the client that is answered.
  Socket& last = *kept.back();
  const bool came = co_await last.receive(request.size(), 1s);
  // Who refuses may do it in words.
  co_return came && (bench.way() != Way::line || last.text().starts_with('+'));
}

Task<std::string> of_one_source(Bench& bench) {
  if (bench.way() == Way::through) bench.clear();
  const unsigned most = bench.amount(200U, 50U);
  std::vector<std::unique_ptr<Socket>> kept;
  unsigned served = 0;
  for (bool more = true; more && served < most; served += more ? 1U : 0U) {
    more = co_await is_served(bench, std::nullopt, kept);
  }
  const std::string said = std::to_string(served) + " of one source are served";
  if (served == most) co_return said;
  // On this machine there is another one.
  const auto other = streams::Endpoint::of_literal({"127.0.0.2", 0});
  if (!bench.is_on_loopback() || !other) co_return said;
  const bool is_another = co_await is_served(bench, other, kept);
  co_return said + (is_another ? ", and another source then" : ", and no other source then");
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
           bursts),
    info({8, 5}, only(Way::through) | (Way::echo | Way::line),
         "How many connections of one source are served, of some hundred.",
         "All users behind one address share its limit.", "practice", 1, 60s, of_one_source)};

}  // namespace

std::span<const Case> limits_cases() { return table; }

}  // namespace client::doctor
