// Group 5: who reads slowly, or not at all.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"
#include "client/doctor/pattern.hpp"
#include "streams/gather.hpp"
#include "streams/text/units.hpp"

namespace client::doctor {
namespace {

using streams::Task;
using namespace std::chrono_literals;

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;
/// Nothing is taken any more when nothing was for so long.
std::chrono::nanoseconds shut(const Bench& bench) { return bench.silence(1s, 1s); }

std::string in_kibibytes(std::uint64_t octets) { return text::format_size(octets >> 10U << 10U); }

/// `from` sends to who does not read: what is taken is bounded.
Task<std::string> buffered(Bench& bench, Socket& from) {
  const std::uint64_t most = bench.amount(256U, 64U) * mebibyte;
  const std::uint64_t taken = co_await from.send_while_taken(1, most, shut(bench));
  if (from.ended() != Ended::open) {
    throw Broken(from.who() + " saw " + from.how_it_ended() + " after " + in_kibibytes(taken));
  }
  if (taken == most) {
    throw Broken(text::format_size(most) + " were taken, and nobody has read an octet");
  }
  co_return in_kibibytes(taken) + " were taken, the kernels' buffers included";
}

Task<std::string> request_is_bounded(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_return co_await buffered(bench, *pair.near);
}

Task<std::string> answer_is_bounded(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_return co_await buffered(bench, *pair.far);
}

Task<void> receive_all(Socket& to, std::uint64_t octets) {
  co_await expect_pattern(to, 1, octets);
  co_await expect_fin(to);
}

/// What was sent until nothing was taken, a while of a shut window, then all of it is read.
Task<void> shut_window(Bench& bench, Socket& from, Socket& to) {
  const std::uint64_t taken =
      co_await from.send_while_taken(1, bench.amount(64U, 16U) * mebibyte, bench.silence(5s, 1s));
  from.send_fin();
  co_await receive_all(to, taken);
}

Task<std::string> origin_shuts_window(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await shut_window(bench, *pair.near, *pair.far);
  co_return "";
}

Task<std::string> client_shuts_window(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await shut_window(bench, *pair.far, *pair.near);
  co_return "";
}

/// One direction is stuck, the other moves.
Task<void> stuck_beside_moving(Bench& bench, Socket& stuck, Socket& moving) {
  const std::uint64_t most = bench.amount(64U, 16U) * mebibyte;
  static_cast<void>(co_await stuck.send_while_taken(1, most, shut(bench)));
  const std::uint64_t octets = 2 * mebibyte;
  auto both = streams::gather(bench.loop(), send_pattern(moving, 2, octets),
                              expect_pattern(stuck, 2, octets));
  co_await std::move(both);
}

Task<std::string> request_stuck_answer_moves(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await stuck_beside_moving(bench, *pair.near, *pair.far);
  co_return "";
}

Task<std::string> answer_stuck_request_moves(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await stuck_beside_moving(bench, *pair.far, *pair.near);
  co_return "";
}

// Both write until nothing is taken, and only then read: as two programs do that write first.
Task<std::string> both_stuck_then_read(Bench& bench) {
  const Pair pair = co_await bench.pair();
  const std::uint64_t most = bench.amount(64U, 16U) * mebibyte;
  auto writing = streams::gather(bench.loop(), pair.near->send_while_taken(1, most, shut(bench)),
                                 pair.far->send_while_taken(1, most, shut(bench)));
  const auto [to_origin, to_client] = co_await std::move(writing);
  pair.near->send_fin();
  pair.far->send_fin();
  auto reading = streams::gather(bench.loop(), receive_all(*pair.far, to_origin),
                                 receive_all(*pair.near, to_client));
  co_await std::move(reading);
  co_return "";
}

Task<std::string> others_go_on(Bench& bench) {
  const Pair stuck = co_await bench.pair();
  const std::uint64_t most = bench.amount(64U, 16U) * mebibyte;
  static_cast<void>(co_await stuck.near->send_while_taken(1, most, shut(bench)));
  const Pair other = co_await bench.another_pair();
  for (int i = 0; i < 20; ++i) co_await expect_talk(other);
  co_return "";
}

Task<std::string> slow_clients_hold_up_nobody(Bench& bench) {
  const std::uint64_t most = bench.amount(64U, 16U) * mebibyte;
  std::vector<Pair> slow;
  std::vector<Task<std::uint64_t>> sending;
  for (int i = 0; i < 4; ++i) {
    Pair pair = co_await bench.another_pair();
    sending.push_back(pair.far->send_while_taken(1, most, shut(bench)));
    slow.push_back(std::move(pair));
  }
  auto all = streams::gather(bench.loop(), std::move(sending));
  co_await std::move(all);
  const Pair other = co_await bench.another_pair();
  for (int i = 0; i < 20; ++i) co_await expect_talk(other);
  co_return "";
}

Task<std::string> echo_is_bounded(Bench& bench) {
  const auto near = co_await bench.connect();
  co_return co_await buffered(bench, *near);
}

Task<std::string> echo_to_late_reader(Bench& bench) {
  const auto near = co_await bench.connect();
  co_await shut_window(bench, *near, *near);
  co_return "";
}

constexpr const char* window = "RFC 9293 3.8.6";
constexpr const char* memory = "One slow reader takes the memory of all.";

constexpr std::array table{
    should({5, 1}, only(Way::through),
           "What a client sends to an origin that does not read is not taken without bound.",
           memory, window, 1, 60s, request_is_bounded),
    should({5, 2}, only(Way::through),
           "What an origin sends to a client that does not read is not taken without bound.",
           memory, window, 1, 60s, answer_is_bounded),
    must({5, 3}, only(Way::through),
         "An origin that reads nothing for a second or more still gets every octet.",
         "A pause of the origin, of its garbage collector say, loses an upload.", window, 1, 60s,
         origin_shuts_window),
    must({5, 4}, only(Way::through),
         "A client that reads nothing for a second or more still gets every octet.",
         "A paused download is cut off or damaged.", window, 1, 60s, client_shuts_window),
    must({5, 5}, only(Way::through), "Where the request is stuck, the answer still flows.",
         "Each side waits for the other for ever.", window, 1, 60s, request_stuck_answer_moves),
    must({5, 6}, only(Way::through), "Where the answer is stuck, the request still flows.",
         "Each side waits for the other for ever.", window, 1, 60s, answer_stuck_request_moves),
    must({5, 7}, only(Way::through),
         "Both sides write until nothing is taken, then read: all arrives, and both ends.",
         "Each side waits for the other for ever.", window, 1, 60s, both_stuck_then_read),
    must({5, 8}, only(Way::through), "A connection that is stuck does not hold up another.",
         "One slow reader is everybody's outage.", window, 1, 30s, others_go_on),
    should({5, 9}, only(Way::echo),
           "What a client sends that does not read is not taken without bound.", memory, window, 1,
           60s, echo_is_bounded),
    must({5, 10}, only(Way::echo),
         "A client that reads only once nothing more is taken still gets every octet.",
         "A client that writes first and reads then is cut off.", "RFC 862", 1, 60s,
         echo_to_late_reader),
    must({5, 11}, only(Way::through), "Several clients that do not read hold up no other.",
         "Slow readers of long answers are everybody's outage.", window, 1, 30s,
         slow_clients_hold_up_nobody)};

}  // namespace

std::span<const Case> backpressure_cases() { return table; }

}  // namespace client::doctor
