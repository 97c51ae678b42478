// Group 9: what the reload of a proxy does to its connections.
#include <array>
#include <string>
#include <utility>

#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"
#include "client/doctor/shell.hpp"
#include "streams/gather.hpp"
#include "streams/sleep.hpp"

namespace client::doctor {
namespace {

using streams::Task;
using namespace std::chrono_literals;

constexpr std::chrono::seconds command_patience{20};

Task<void> pause(Bench& bench, std::chrono::nanoseconds time) {
  const std::error_code ec = co_await streams::sleep_for(bench.loop(), time);
  if (ec) throw Unable(ec.message());
}

/// The proxy reloads, and has some time for what it does then.
Task<void> reload(Bench& bench) {
  const std::string& command = bench.options().reload_command;
  if (command.empty()) throw NotAsked("it is for --reload-command");
  if (bench.is_direct()) co_return;
  bench.account().note("the proxy", "is told to reload");
  const std::string failure = co_await run_in_shell(bench.loop(), command, command_patience);
  if (!failure.empty()) throw Broken("the reload command " + failure);
  bench.account().note("the proxy", "was told");
  co_await pause(bench, bench.amount(2000ms, 1000ms));
}

Task<void> reload_in_the_middle(Bench& bench, int times, bool* is_over) {
  for (int i = 0; i < times; ++i) {
    co_await pause(bench, 20ms);
    co_await reload(bench);
  }
  *is_over = true;
}

/// A connection of its own for each request, one after another.
Task<unsigned> newcomers(Bench& bench, const bool* is_over) {
  for (unsigned count = 1;; ++count) {
    const Pair pair = co_await bench.another_pair();
    co_await expect_talk(pair);
    pair.near->send_fin();
    co_await expect_fin(*pair.far);
    pair.far->send_fin();
    co_await expect_fin(*pair.near);
    if (*is_over) co_return count;
    co_await pause(bench, 2ms);
  }
}

Task<std::string> serves_then(Bench& bench) {
  co_await reload(bench);
  const Pair pair = co_await bench.another_pair();
  co_await expect_talk(pair);
  co_return "";
}

Task<std::string> none_refused(Bench& bench) {
  bool is_over = false;
  auto both = streams::gather(bench.loop(), newcomers(bench, &is_over),
                              reload_in_the_middle(bench, 1, &is_over));
  const auto [count, nothing] = co_await std::move(both);
  static_cast<void>(nothing);
  co_return std::to_string(count) + " connections meanwhile";
}

/// Octets, again and again, until it is over; then FIN.
Task<void> flow(Bench& bench, Socket& from, Socket& to, const bool* is_over) {
  constexpr std::size_t piece = std::size_t{16} << 10U;
  to.check_pattern(1);
  for (std::uint64_t sent = 0; !*is_over; sent += piece) {
    co_await send(from, pattern(1, sent, piece));
    const bool came = co_await to.receive(sent + piece, deadlock);
    if (!to.check().is_right()) {
      throw Broken("of what " + to.who() + " received, " + to.check().difference());
    }
    if (!came) {
      throw Broken(to.who() + " received " + std::to_string(to.received()) + " of " +
                   std::to_string(sent + piece) + " octets, then saw " + to.how_it_ended());
    }
    co_await pause(bench, 2ms);
  }
  from.send_fin();
  co_await expect_fin(to);
}

Task<std::string> flowing(Bench& bench) {
  const Pair pair = co_await bench.pair();
  bool is_over = false;
  auto all = streams::gather(bench.loop(), flow(bench, *pair.near, *pair.far, &is_over),
                             flow(bench, *pair.far, *pair.near, &is_over),
                             reload_in_the_middle(bench, 1, &is_over));
  co_await std::move(all);
  co_return "";
}

Task<std::string> idle(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await expect_talk(pair);
  co_await reload(bench);
  co_await expect_silence(*pair.near, 10ms);
  co_await expect_talk(pair);
  co_return "";
}

Task<std::string> half_closed(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await send(*pair.near, "request\n");
  pair.near->send_fin();
  co_await expect(*pair.far, "request\n");
  co_await expect_fin(*pair.far);
  co_await reload(bench);
  co_await send(*pair.far, "answer\n");
  pair.far->send_fin();
  co_await expect(*pair.near, "answer\n");
  co_await expect_fin(*pair.near);
  co_return "";
}

Task<std::string> several_reloads(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await expect_talk(pair);
  bool is_over = false;
  auto both = streams::gather(bench.loop(), newcomers(bench, &is_over),
                              reload_in_the_middle(bench, bench.amount(3, 2), &is_over));
  co_await std::move(both);
  co_await expect_talk(pair);
  co_return "";
}

constexpr const char* practice = "practice";

constexpr std::array table{
    must({9, 1}, only(Way::through), "The proxy reloads, and serves then.",
         "A change of the configuration is an outage.", practice, 1, 40s, serves_then),
    must({9, 2}, only(Way::through), "While the proxy reloads, new connections are all served.",
         "Each reload is an error for some clients.", practice, 1, 40s, none_refused),
    must({9, 3}, only(Way::through), "A connection on which octets flow survives the reload.",
         "Uploads and streams break with each change of the configuration.", practice, 1, 40s,
         flowing),
    should({9, 4}, only(Way::through), "A connection on which nothing is said survives the reload.",
           "Connections of a pool are dead when they are taken out.", practice, 1, 40s, idle),
    must({9, 5}, only(Way::through), "A half-closed connection survives the reload.",
         "A client that has said all never gets its answer.", practice, 1, 40s, half_closed),
    should({9, 6}, only(Way::through),
           "A connection is kept over several reloads while new ones come.",
           "Where reloads are frequent no connection lasts.", practice, 1, 60s, several_reloads)};

}  // namespace

std::span<const Case> reload_cases() { return table; }

}  // namespace client::doctor
