// Group 4: a connection that is cut short, and must not look complete.
#include <array>
#include <string>
#include <utility>

#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"
#include "client/doctor/pattern.hpp"
#include "streams/gather.hpp"
#include "streams/sleep.hpp"

namespace client::doctor {
namespace {

using streams::Task;
using namespace std::chrono_literals;

Task<std::string> of_client_after_data(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await expect_talk(pair);
  pair.near->send_reset();
  co_await expect_reset(*pair.far);
  co_return "";
}

Task<std::string> of_origin_after_data(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await expect_talk(pair);
  pair.far->send_reset();
  co_await expect_reset(*pair.near);
  co_return "";
}

Task<std::string> of_client_before_data(Bench& bench) {
  const Pair pair = co_await bench.pair();
  pair.near->send_reset();
  co_await expect_reset(*pair.far);
  co_return "";
}

Task<std::string> of_origin_before_data(Bench& bench) {
  const Pair pair = co_await bench.pair();
  pair.far->send_reset();
  co_await expect_reset(*pair.near);
  co_return "";
}

Task<std::string> ends_in_order(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await expect_talk(pair);
  pair.near->send_fin();
  co_await expect_fin(*pair.far);
  pair.far->send_fin();
  co_await expect_fin(*pair.near);
  pair.far->close();
  pair.near->close();
  co_return "";
}

// As most programs end: close(2), which is FIN where all was received.
Task<std::string> origin_closes(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await expect_talk(pair);
  pair.far->close();
  co_await expect_fin(*pair.near);
  co_return "";
}

Task<std::string> client_closes(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await expect_talk(pair);
  pair.near->close();
  co_await expect_fin(*pair.far);
  co_return "";
}

/// `from` streams, and resets once the other has some of it.
Task<void> cut_stream(Bench& bench, Socket& from, Socket& to) {
  constexpr std::uint64_t some = std::uint64_t{256} << 10U;
  auto both =
      streams::gather(bench.loop(), send_pattern(from, 1, some), expect_pattern(to, 1, some));
  co_await std::move(both);
  static_cast<void>(from.send_now(pattern(1, some, std::size_t{64} << 10U)));
  from.send_reset();
  co_await expect_reset(to);
  if (!to.check().is_right())
    throw Broken("of what " + to.who() + " received, " + to.check().difference());
}

Task<std::string> cut_answer(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await cut_stream(bench, *pair.far, *pair.near);
  co_return "";
}

Task<std::string> cut_request(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await cut_stream(bench, *pair.near, *pair.far);
  co_return "";
}

Task<std::string> of_client_after_its_fin(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await send(*pair.near, "request\n");
  pair.near->send_fin();
  co_await expect(*pair.far, "request\n");
  co_await expect_fin(*pair.far);
  pair.near->send_reset();
  // A reset behind a FIN is seen by who sends on.
  const auto until = Account::Clock::now() + withheld;
  while (Account::Clock::now() < until) {
    static_cast<void>(pair.far->send_now("answer\n"));
    if (pair.far->ended() == Ended::reset) co_return "";
    const std::error_code ec = co_await streams::sleep_for(bench.loop(), 10ms);
    if (ec) throw Unable(ec.message());
  }
  throw Broken("the origin sent an answer to nobody for 2s and saw no RST");
}

/// How much arrives of what was sent right before a reset.
Task<std::string> sent_before_reset(Bench& bench) {
  const Pair pair = co_await bench.pair();
  const std::size_t sent = pair.far->send_now(pattern(1, 0, std::size_t{16} << 10U));
  pair.far->send_reset();
  const Ended ended = co_await pair.near->end(withheld);
  static_cast<void>(ended);
  co_return std::to_string(pair.near->received()) + " of " + std::to_string(sent) +
      " octets arrived, then " + pair.near->how_it_ended();
}

Task<std::string> service_survives(Bench& bench) {
  const bool is_line = bench.way() == Way::line;
  {
    const auto cut = co_await bench.connect();
    static_cast<void>(cut->send_now(is_line ? "PING half a li" : "half a message"));
    cut->send_reset();
  }
  const auto near = co_await bench.connect();
  const std::string text = "PING\r\n";
  const std::string answer = is_line ? "+PONG\r\n" : text;
  co_await send(*near, text);
  co_await expect(*near, answer);
  co_return "";
}

constexpr const char* rfc = "RFC 9293 3.5.2, 3.10.7";
constexpr const char* looks_whole = "What was cut short looks whole: a truncated file is kept.";
constexpr const char* looks_cut = "What is whole looks cut short, and is thrown away or retried.";

constexpr std::array table{
    must({4, 1}, only(Way::through),
         "A reset by the client, after octets both ways, is a reset at the origin.", looks_whole,
         rfc, 10, 20s, of_client_after_data),
    must({4, 2}, only(Way::through),
         "A reset by the origin, after octets both ways, is a reset at the client.", looks_whole,
         rfc, 10, 20s, of_origin_after_data),
    must({4, 3}, only(Way::through),
         "A reset by the client before its first octet is a reset at the origin.", looks_whole, rfc,
         10, 20s, of_client_before_data),
    must({4, 4}, only(Way::through),
         "A reset by the origin before its first octet is a reset at the client.",
         "An overloaded origin looks like one that has nothing to say.", rfc, 10, 20s,
         of_origin_before_data),
    must({4, 5}, only(Way::through),
         "What ends in order on one side ends in order on the other: no reset.", looks_cut,
         "RFC 9293 3.6", 10, 20s, ends_in_order),
    must({4, 6}, only(Way::through), "An origin that closes is a FIN at the client.", looks_cut,
         "RFC 9293 3.6", 10, 20s, origin_closes),
    must({4, 7}, only(Way::through), "A client that closes is a FIN at the origin.", looks_cut,
         "RFC 9293 3.6", 10, 20s, client_closes),
    must({4, 8}, only(Way::through),
         "An answer that a reset cuts short ends with a reset, and what came before is right.",
         looks_whole, rfc, 5, 20s, cut_answer),
    must({4, 9}, only(Way::through),
         "A request that a reset cuts short ends with a reset, and what came before is right.",
         looks_whole, rfc, 5, 20s, cut_request),
    should({4, 10}, only(Way::through),
           "A client that half-closes and then resets is a reset to an origin that answers.",
           "The origin computes and sends for nobody.", rfc, 5, 20s, of_client_after_its_fin),
    info({4, 11}, only(Way::through),
         "How much arrives of what an origin sent right before its reset.",
         "A reset may overtake octets in a proxy, as it may in a kernel.", rfc, 1, 20s,
         sent_before_reset),
    must(
        {4, 12}, Way::echo | Way::line,
        "A client that resets in the middle of a message does not keep the next from being served.",
        "One crashed client is everybody's outage.", rfc, 10, 20s, service_survives)};

}  // namespace

std::span<const Case> reset_cases() { return table; }

}  // namespace client::doctor
