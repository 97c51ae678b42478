// Group 14: what an echolined behind the proxy has seen, as its admin tells it.
#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "client/doctor/admin.hpp"
#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"
#include "streams/gather.hpp"
#include "streams/sleep.hpp"
#include "streams/text/running_hash.hpp"

namespace client::doctor {
namespace {

using streams::Task;
using namespace std::chrono_literals;

/// Octets that no other connection begins with.
std::string of_its_own(std::size_t size) {
  std::random_device random;
  std::string octets = std::to_string(random()) + '.' + std::to_string(random()) + '\n';
  return octets += pattern(random() % 256, 0, size);
}

/// The hashes of the first of some octets.
class Beginnings {
 public:
  explicit Beginnings(std::string octets) : octets_(std::move(octets)) {}

  /// Whether what was received are such.
  bool have(const EndedDirection& in) {
    if (in.hashed < least || in.hashed > octets_.size()) return false;
    std::string& known = hashes_[in.hashed];
    if (known.empty()) {
      text::RunningHash hash;
      hash.add(std::string_view(octets_).substr(0, in.hashed));
      known = hash.hex();
    }
    return known == in.hash;
  }

 private:
  static constexpr std::uint64_t least = 8;  // of fewer any connection could have been
  std::string octets_;
  std::map<std::uint64_t, std::string> hashes_;
};

/// What the connection came to whose client has sent `octets`, or the first of them.
Task<EndedConnection> ended(Bench& bench, std::string octets) {
  const auto until = Account::Clock::now() + withheld;
  Beginnings beginnings(std::move(octets));
  for (;;) {
    const auto all =
        co_await ask_ended(bench.loop(), bench.options().admin, bench.options().admin_name);
    for (const EndedConnection& one : all) {
      if (!beginnings.have(one.in)) continue;
      bench.account().note("the service", "received " + std::to_string(one.in.bytes) +
                                              " octets and saw " + one.in.how);
      co_return one;
    }
    if (Account::Clock::now() >= until) {
      throw Broken("for " + std::to_string(withheld.count()) +
                   " s no connection has ended that had received what was sent");
    }
    const std::error_code ec = co_await streams::sleep_for(bench.loop(), 20ms);
    if (ec) throw Unable(ec.message());
  }
}

void expect_how(const EndedConnection& one, const char* how) {
  if (one.in.how == how) return;
  throw Broken("the service saw " + one.in.how + " in place of " + how);
}

Task<void> send_and_end(Socket& near, std::string octets) {
  co_await send(near, std::move(octets));
  near.send_fin();
}

Task<void> receive_and_end(Socket& near, std::size_t octets) {
  const bool all = co_await near.receive(octets, deadlock);
  if (!all) throw Broken("only " + std::to_string(near.received()) + " octets came back");
  co_await expect_fin(near);
}

Task<std::string> octet_for_octet(Bench& bench) {
  const std::string octets = of_its_own(bench.amount(8U, 1U) << 20U);
  const auto near = co_await bench.connect();
  auto both = streams::gather(bench.loop(), send_and_end(*near, octets),
                              receive_and_end(*near, octets.size()));
  co_await std::move(both);
  const EndedConnection one = co_await ended(bench, octets);
  if (one.in.bytes != octets.size()) {
    throw Broken("the service received " + std::to_string(one.in.bytes) + " of " +
                 std::to_string(octets.size()) + " octets");
  }
  if (one.out.hash != one.in.hash) throw Unable("the service has not echoed what it received");
  expect_how(one, "fin");
  co_return std::to_string(octets.size()) + " octets";
}

Task<std::string> fin_is_fin(Bench& bench) {
  const std::string octets = of_its_own(0);
  const auto near = co_await bench.connect();
  co_await send(*near, octets);
  co_await expect(*near, octets);
  near->send_fin();
  co_await expect_fin(*near);
  const EndedConnection one = co_await ended(bench, octets);
  expect_how(one, "fin");
  co_return "";
}

Task<std::string> reset_is_reset(Bench& bench) {
  const std::string octets = of_its_own(0);
  const auto near = co_await bench.connect();
  co_await send(*near, octets);
  co_await expect(*near, octets);
  near->send_reset();
  const EndedConnection one = co_await ended(bench, octets);
  expect_how(one, "reset");
  co_return "";
}

// The client reads nothing, so that much is under way.
Task<std::string> cut_short(Bench& bench) {
  const std::string beginning = of_its_own(0);
  const std::string octets = beginning + pattern(1, 0, std::size_t{512} << 10U);
  const auto near = co_await bench.connect();
  co_await send(*near, beginning);
  co_await expect(*near, beginning);
  static_cast<void>(co_await near->send(octets.substr(beginning.size()), 200ms));
  near->send_reset();
  const EndedConnection one = co_await ended(bench, octets);
  expect_how(one, "reset");
  co_return std::to_string(one.in.bytes) + " of " + std::to_string(near->sent()) +
      " octets arrived";
}

constexpr const char* rfc = "RFC 9293 3.5.2, 3.6";

constexpr std::array table{
    must({14, 1}, only(Way::behind),
         "A stream arrives at the service octet for octet, as the hash it has made of it tells.",
         "Files arrive damaged, and no error says so.", "RFC 9293 3.1", 3, 60s, octet_for_octet),
    must({14, 2}, only(Way::behind), "A client that ends in order is a FIN at the service.",
         "What is whole looks cut short, and is thrown away or retried.", rfc, 10, 20s, fin_is_fin),
    must({14, 3}, only(Way::behind), "A reset by the client is a reset at the service.",
         "What was cut short looks whole: a truncated file is kept.", rfc, 10, 20s, reset_is_reset),
    must({14, 4}, only(Way::behind),
         "A stream that a reset cuts short ends with a reset, and what came before is right.",
         "What was cut short looks whole: a truncated file is kept.", rfc, 5, 20s, cut_short)};

}  // namespace

std::span<const Case> behind_cases() { return table; }

}  // namespace client::doctor
