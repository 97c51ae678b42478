// Group 2: every octet arrives, once, in order and as it was.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"
#include "client/doctor/pattern.hpp"
#include "streams/gather.hpp"

namespace client::doctor {
namespace {

using streams::Task;
using namespace std::chrono_literals;

std::string every_value() {
  std::string octets;
  for (int value = 0; value < 256; ++value) octets += static_cast<char>(value);
  return octets;
}

/// Every value behind every other.
std::string every_pair() {
  std::string octets;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      octets += static_cast<char>(first);
      octets += static_cast<char>(second);
    }
  }
  return octets;
}

Task<void> pass(Bench& bench, Socket& from, Socket& to, std::string octets) {
  auto both = streams::gather(bench.loop(), send(from, octets), expect(to, octets));
  co_await std::move(both);
}

Task<std::string> all_values(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await pass(bench, *pair.near, *pair.far, every_value());
  co_await pass(bench, *pair.far, *pair.near, every_value());
  co_return "";
}

Task<std::string> all_pairs(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await pass(bench, *pair.near, *pair.far, every_pair());
  co_await pass(bench, *pair.far, *pair.near, every_pair());
  co_return "";
}

Task<void> one_by_one(Socket& from, Socket& to) {
  for (int i = 0; i < 256; ++i) {
    const std::string octet(1, static_cast<char>(i));
    co_await send(from, octet);
    co_await expect(to, octet);
  }
}

Task<std::string> single_octets(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await one_by_one(*pair.near, *pair.far);
  co_await one_by_one(*pair.far, *pair.near);
  co_return "";
}

// Each in a segment of its own, and all at once.
Task<std::string> burst_of_single_octets(Bench& bench) {
  const Pair pair = co_await bench.pair();
  const std::string octets = pattern(3, 0, 4096);
  for (std::size_t i = 0; i < octets.size(); ++i) co_await send(*pair.near, octets.substr(i, 1));
  co_await expect(*pair.far, octets);
  co_return "";
}

Task<std::string> sizes_around_buffers(Bench& bench) {
  const Pair pair = co_await bench.pair();
  for (const std::size_t size : {1U, 1448U, 4096U, 8192U, 16384U, 32768U, 65536U}) {
    for (const std::size_t octets : {size - 1, size, size + 1}) {
      co_await pass(bench, *pair.near, *pair.far, pattern(1, octets, octets));
      co_await pass(bench, *pair.far, *pair.near, pattern(2, octets, octets));
    }
  }
  co_return "";
}

/// Sends much and ends.
Task<void> upload(Socket& from, unsigned seed, std::uint64_t octets) {
  co_await send_pattern(from, seed, octets);
  from.send_fin();
}

Task<void> download(Socket& to, unsigned seed, std::uint64_t octets) {
  co_await expect_pattern(to, seed, octets);
  co_await expect_fin(to);
}

Task<void> much(Bench& bench, Socket& from, Socket& to) {
  const std::uint64_t octets = bench.amount(32U, 4U) << 20U;
  auto both = streams::gather(bench.loop(), upload(from, 1, octets), download(to, 1, octets));
  co_await std::move(both);
}

Task<std::string> much_to_origin(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await much(bench, *pair.near, *pair.far);
  co_return "";
}

Task<std::string> much_to_client(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await much(bench, *pair.far, *pair.near);
  co_return "";
}

// Not a multiple of anything, so that the last octets stand alone.
constexpr std::uint64_t odd_size = 777'777;

Task<void> both_at_full_speed(Bench& bench, const Pair* pair) {
  const std::uint64_t size = bench.amount(odd_size, odd_size / 3);
  auto all =
      streams::gather(bench.loop(), upload(*pair->near, 1, size), download(*pair->far, 1, size),
                      upload(*pair->far, 2, size), download(*pair->near, 2, size));
  co_await std::move(all);
}

Task<std::string> both_on_several(Bench& bench) {
  std::vector<Pair> pairs;
  for (int i = 0; i < 8; ++i) {
    Pair pair = co_await bench.pair();
    pairs.push_back(std::move(pair));
  }
  std::vector<Task<void>> all;
  all.reserve(pairs.size());
  for (const Pair& pair : pairs) all.push_back(both_at_full_speed(bench, &pair));
  auto running = streams::gather(bench.loop(), std::move(all));
  co_await std::move(running);
  co_return "";
}

// More than fits into 32 bits.
constexpr std::uint64_t long_size = (std::uint64_t{1} << 32U) + odd_size;

void need_long(const Bench& bench) {
  if (!bench.options().is_long) throw NotAsked("it is for --long");
}

Task<std::string> beyond_32_bits(Bench& bench) {
  need_long(bench);
  const Pair pair = co_await bench.pair();
  auto all = streams::gather(bench.loop(), upload(*pair.near, 1, long_size),
                             download(*pair.far, 1, long_size), upload(*pair.far, 2, long_size),
                             download(*pair.near, 2, long_size));
  co_await std::move(all);
  co_return "";
}

Task<std::string> echo_beyond_32_bits(Bench& bench) {
  need_long(bench);
  const auto near = co_await bench.connect();
  auto both =
      streams::gather(bench.loop(), upload(*near, 1, long_size), download(*near, 1, long_size));
  co_await std::move(both);
  co_return "";
}

Task<std::string> early_answer(Bench& bench) {
  const Pair pair = co_await bench.pair();
  const std::uint64_t octets = 1U << 20U;
  co_await send(*pair.near, pattern(2, 0, 1000));
  auto answer =
      streams::gather(bench.loop(), upload(*pair.far, 1, octets), download(*pair.near, 1, octets));
  co_await std::move(answer);
  co_await expect(*pair.far, pattern(2, 0, 1000));
  pair.near->send_fin();
  co_await expect_fin(*pair.far);
  co_return "";
}

Task<std::string> echo_of_all_pairs(Bench& bench) {
  const auto near = co_await bench.connect();
  co_await pass(bench, *near, *near, every_pair());
  co_return "";
}

Task<std::string> echo_of_single_octets(Bench& bench) {
  const auto near = co_await bench.connect();
  co_await one_by_one(*near, *near);
  co_return "";
}

Task<std::string> echo_of_much(Bench& bench) {
  const auto near = co_await bench.connect();
  co_await much(bench, *near, *near);
  co_return "";
}

constexpr const char* tcp = "RFC 9293 3.1";
constexpr const char* damage = "Files arrive damaged, and no error says so.";

constexpr std::array table{
    must({2, 1}, only(Way::through), "Every value of an octet passes both ways.", damage, tcp, 1,
         20s, all_values),
    must({2, 2}, only(Way::through), "Every two values behind one another pass both ways.",
         "Who looks for CR LF, NUL or IAC in the stream changes what is none.", tcp, 1, 20s,
         all_pairs),
    must({2, 3}, only(Way::through),
         "Single octets, one after the other has arrived, pass at once.",
         "Terminals and telemetry wait for a buffer to fill.", tcp, 1, 20s, single_octets),
    must({2, 4}, only(Way::through), "Thousands of single octets in a burst pass in their order.",
         damage, tcp, 3, 20s, burst_of_single_octets),
    must({2, 5}, only(Way::through),
         "Messages as large as usual buffers, one less and one more, pass.",
         "What ends where a buffer ends waits for ever.", tcp, 1, 30s, sizes_around_buffers),
    must({2, 6}, only(Way::through),
         "A long upload arrives whole: nothing lost, doubled or in another order.", damage, tcp, 3,
         60s, much_to_origin),
    must({2, 7}, only(Way::through),
         "A long answer arrives whole: nothing lost, doubled or in another order.", damage, tcp, 3,
         60s, much_to_client),
    must({2, 8}, only(Way::through),
         "On eight connections both sides send at full speed and end at once, and all arrives.",
         "The last octets of one side are lost once in thirty times.", tcp, 30, 30s,
         both_on_several),
    must({2, 9}, only(Way::through),
         "An answer that comes, and ends, while the request is unread arrives whole.",
         "A server that refuses an upload is not understood.", tcp, 5, 20s, early_answer),
    must({2, 10}, only(Way::echo), "Every two values behind one another come back.", damage,
         "RFC 862", 1, 20s, echo_of_all_pairs),
    must({2, 11}, only(Way::echo), "Single octets come back, each before the next is sent.",
         "An echo that waits for more is none for a terminal.", "RFC 862", 1, 20s,
         echo_of_single_octets),
    must({2, 12}, only(Way::echo), "A long stream comes back whole, and its end, too.", damage,
         "RFC 862", 3, 60s, echo_of_much),
    must({2, 13}, only(Way::through), "Both sides send more than 4 GiB, and all arrives (--long).",
         "What counts octets in 32 bits ends, or stands still, at 4 GiB.", tcp, 1, 3600s,
         beyond_32_bits),
    must({2, 14}, only(Way::echo), "More than 4 GiB come back (--long).",
         "What counts octets in 32 bits ends, or stands still, at 4 GiB.", "RFC 862", 1, 3600s,
         echo_beyond_32_bits)};

}  // namespace

std::span<const Case> bytes_cases() { return table; }

}  // namespace client::doctor
