// Group 3: one side has said all, the other has not.
#include <array>
#include <string>
#include <utility>

#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"
#include "streams/gather.hpp"

namespace client::doctor {
namespace {

using streams::Task;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds slow{1500};

/// One side asks and half-closes; the other sees that, and answers after a while.
Task<void> ask_and_answer(Socket& asks, Socket& answers, std::chrono::nanoseconds delay) {
  co_await send(asks, "request\n");
  asks.send_fin();
  co_await expect(answers, "request\n");
  co_await expect_fin(answers);
  if (delay != delay.zero()) co_await expect_silence(asks, delay);
  co_await send(answers, "answer\n");
  answers.send_fin();
  co_await expect(asks, "answer\n");
  co_await expect_fin(asks);
}

Task<std::string> fast_answer(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await ask_and_answer(*pair.near, *pair.far, 0ns);
  co_return "";
}

// Two side by side, for what is waited for is the same time.
Task<std::string> slow_answer(Bench& bench) {
  const auto delay = bench.silence(slow, slow);
  const Pair one = co_await bench.pair();
  const Pair other = co_await bench.pair();
  auto both = streams::gather(bench.loop(), ask_and_answer(*one.near, *one.far, delay),
                              ask_and_answer(*other.near, *other.far, delay));
  co_await std::move(both);
  co_return "";
}

Task<std::string> silence_first(Bench& bench) {
  const Pair one = co_await bench.pair();
  const Pair other = co_await bench.pair();
  co_await expect_silence(*one.far, bench.silence(slow, slow));
  co_await ask_and_answer(*one.near, *one.far, 0ns);
  co_await ask_and_answer(*other.near, *other.far, 0ns);
  co_return "";
}

Task<std::string> origin_first(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await ask_and_answer(*pair.far, *pair.near, 0ns);
  co_return "";
}

Task<std::string> origin_first_slow_client(Bench& bench) {
  const auto delay = bench.silence(slow, slow);
  const Pair one = co_await bench.pair();
  const Pair other = co_await bench.pair();
  auto both = streams::gather(bench.loop(), ask_and_answer(*one.far, *one.near, delay),
                              ask_and_answer(*other.far, *other.near, delay));
  co_await std::move(both);
  co_return "";
}

Task<std::string> no_octet_from_client(Bench& bench) {
  const Pair pair = co_await bench.pair();
  pair.near->send_fin();
  co_await expect_fin(*pair.far);
  co_await send(*pair.far, "answer\n");
  pair.far->send_fin();
  co_await expect(*pair.near, "answer\n");
  co_await expect_fin(*pair.near);
  co_return "";
}

Task<std::string> no_octet_at_all(Bench& bench) {
  const Pair pair = co_await bench.pair();
  pair.near->send_fin();
  co_await expect_fin(*pair.far);
  pair.far->send_fin();
  co_await expect_fin(*pair.near);
  co_return "";
}

Task<std::string> no_octet_from_origin(Bench& bench) {
  const Pair pair = co_await bench.pair();
  pair.far->send_fin();
  co_await expect_fin(*pair.near);
  co_await send(*pair.near, "request\n");
  pair.near->send_fin();
  co_await expect(*pair.far, "request\n");
  co_await expect_fin(*pair.far);
  co_return "";
}

Task<void> last_octets(Socket& from, Socket& to) {
  const std::string octets = pattern(1, 0, 1000);
  co_await expect_silence(to, 10ms);
  from.send_last(octets);
  co_await expect(to, octets);
  co_await expect_fin(to);
}

Task<std::string> fin_with_last_octets(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await last_octets(*pair.near, *pair.far);
  co_return "";
}

Task<std::string> fin_with_last_octets_of_origin(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await last_octets(*pair.far, *pair.near);
  co_return "";
}

/// Sends much and half-closes.
Task<void> stream(Socket& from, std::uint64_t octets) {
  co_await send_pattern(from, 1, octets);
  from.send_fin();
}

Task<void> receive_stream(Socket& to, std::uint64_t octets) {
  co_await expect_pattern(to, 1, octets);
  co_await expect_fin(to);
}

/// `ends` half-closes while the other sends much.
Task<void> half_close_under_stream(Bench& bench, Socket& sends, Socket& ends) {
  const std::uint64_t octets = bench.amount(8U, 2U) << 20U;
  ends.send_fin();
  auto both = streams::gather(bench.loop(), stream(sends, octets), receive_stream(ends, octets));
  co_await std::move(both);
  co_await expect_fin(sends);
}

Task<std::string> answer_flows_on(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await half_close_under_stream(bench, *pair.far, *pair.near);
  co_return "";
}

Task<std::string> request_flows_on(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await half_close_under_stream(bench, *pair.near, *pair.far);
  co_return "";
}

Task<std::string> both_at_once(Bench& bench) {
  const Pair pair = co_await bench.pair();
  pair.near->send_last("from the client");
  pair.far->send_last("from the origin");
  co_await expect(*pair.far, "from the client");
  co_await expect(*pair.near, "from the origin");
  co_await expect_fin(*pair.far);
  co_await expect_fin(*pair.near);
  co_return "";
}

Task<std::string> stays_half_closed(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await ask_and_answer(*pair.near, *pair.far, bench.silence(10s, 2s));
  co_return "";
}

Task<std::string> echo_after_fin(Bench& bench) {
  const auto near = co_await bench.connect();
  const std::uint64_t octets = bench.amount(8U, 1U) << 20U;
  auto both = streams::gather(bench.loop(), stream(*near, octets), receive_stream(*near, octets));
  co_await std::move(both);
  co_return "";
}

Task<std::string> echo_fin_with_last_octets(Bench& bench) {
  const auto near = co_await bench.connect();
  co_await last_octets(*near, *near);
  co_return "";
}

Task<std::string> service_ends_too(Bench& bench) {
  const auto near = co_await bench.connect();
  near->send_fin();
  co_await expect_fin(*near);
  co_return "";
}

constexpr const char* rfc = "RFC 9293 3.6";
constexpr const char* truncation =
    "`printf request | nc -N host port` gets no answer, or a part of one.";

constexpr std::array table{
    must({3, 1}, only(Way::through),
         "A client that has said all and half-closes gets the answer that comes at once.",
         truncation, rfc, 30, 20s, fast_answer),
    must({3, 2}, only(Way::through),
         "A client that has said all and half-closes gets the answer that comes after 1.5 s.",
         "Proxies that give a half-closed connection a short time cut slow answers off.", rfc, 1,
         20s, slow_answer),
    must({3, 3}, only(Way::through),
         "After 1.5 s of silence a client's request and half-close are answered.",
         "What is true of a fresh connection is not of one that was kept.", rfc, 1, 20s,
         silence_first),
    must({3, 4}, only(Way::through),
         "An origin that half-closes first still receives what the client says then.",
         "An upload behind an early end of the answer is lost.", rfc, 30, 20s, origin_first),
    must({3, 5}, only(Way::through), "The same where the client says it 1.5 s later.",
         "Proxies that give a half-closed connection a short time cut slow clients off.", rfc, 1,
         20s, origin_first_slow_client),
    must({3, 6}, only(Way::through),
         "A client that half-closes before its first octet gets the answer.",
         "Services such as daytime and whois-like queries by connection alone.", rfc, 10, 20s,
         no_octet_from_client),
    must({3, 7}, only(Way::through),
         "A connection on which nobody says anything ends in order on both sides.",
         "Probes of a load balancer count as errors.", rfc, 10, 20s, no_octet_at_all),
    must({3, 8}, only(Way::through),
         "FIN in the segment of the client's last octets brings both to the origin.",
         "The last octets are dropped by who sees the end first.", rfc, 30, 20s,
         fin_with_last_octets),
    must({3, 9}, only(Way::through),
         "FIN in the segment of the origin's last octets brings both to the client.",
         "The end of an answer is dropped by who sees the end first.", rfc, 30, 20s,
         fin_with_last_octets_of_origin),
    must({3, 10}, only(Way::through),
         "A client half-closes while a long answer flows, and receives all of it.", truncation, rfc,
         3, 30s, answer_flows_on),
    must({3, 11}, only(Way::through),
         "An origin half-closes while a long upload flows, and receives all of it.",
         "An upload that was answered early is cut off.", rfc, 3, 30s, request_flows_on),
    must({3, 12}, only(Way::through),
         "Both sides end at once, and each receives the other's last octets and FIN.",
         "Simultaneous ends are where proxies lose the last octets of one side.",
         "RFC 9293 3.6, simultaneous close", 30, 20s, both_at_once),
    should({3, 13}, only(Way::through),
           "A half-closed connection is kept through some seconds of silence (10; 2 with --quick).",
           "A query that takes long is cut off, and only where the client half-closes.", rfc, 1,
           30s, stays_half_closed),
    must({3, 14}, only(Way::echo),
         "All that was sent before the client's FIN comes back, then FIN.", truncation, "RFC 862",
         3, 30s, echo_after_fin),
    must({3, 15}, only(Way::echo), "Octets in the segment of the FIN come back, then FIN.",
         "The last octets are dropped by who sees the end first.", "RFC 862", 30, 20s,
         echo_fin_with_last_octets),
    must({3, 16}, Way::echo | Way::line, "A client that says nothing and half-closes gets FIN.",
         "Connections that were ended are kept.", rfc, 5, 20s, service_ends_too),
    must({3, 17}, only(Way::through),
         "An origin that half-closes before its first octet is a FIN at the client, which is still "
         "heard.",
         "An origin that has nothing to say is taken for one that is slow.", rfc, 10, 20s,
         no_octet_from_origin)};

}  // namespace

std::span<const Case> half_close_cases() { return table; }

}  // namespace client::doctor
