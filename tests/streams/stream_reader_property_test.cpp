// StreamReader against StreamReaderModel: whatever arrives in whatever pieces, and whatever is
// read, cancelled or ended meanwhile, gives what the whole stream says.
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "streams/text/escape.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/socket_pair.hpp"
#include "tests/streams/stream_reader_script.hpp"

using namespace tests;

namespace {

// Short streams over few letters under small limits: that is where the borders are. What stands
// here more than once is drawn more often.
constexpr std::array<std::string_view, 64> words{
    "a",  "b",  "x",  "y",   "\n",  "x",   "xy",  "xx",   "ab\n", "abc\n", "xyxyx", "aaaaa", "|",
    "|",  "|",  "|",  ".",   ".",   ".",   ".",   ",",    ",",    ",",     "a.b",   "R0",    "R1",
    "R2", "R5", "R9", "*R1", "*R3", "*R9", "L",   "L",    "L",    "*L",    "L,",    "U0",    "U1",
    "U2", "U3", "U4", "U5",  "U6",  "U7",  "*U0", "E0",   "E1",   "E3",    "E7",    "*E2",   "T0",
    "T3", "T9", "C",  ".C",  ".C.", "L.C", "R1C", "E9.C", "*U1",  "ab",    "\n\n",  "x|y"};
constexpr std::array<std::string_view, 6> ends{"", "F", "F", "Z", "ZF", "!"};

std::string random_script(std::uint32_t seed, std::string_view end) {
  std::mt19937 random{seed};
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const auto append = [&](std::string& script, std::size_t count) {
    while (count-- != 0) script += words[below(words.size())];
  };
  std::string script(1, static_cast<char>('1' + below(6)));
  append(script, below(24));
  script += end;
  append(script, below(12));
  return script;
}

std::string_view random_end(std::uint32_t seed) {
  std::mt19937 random{seed + 1};
  return ends[static_cast<std::size_t>(random() % ends.size())];
}

void check(std::string_view script, SocketPair pair, bool prompt) {
  INFO("script: " << text::escaped(script));
  const Watchdog watchdog;
  StreamReaderScript player(script, std::move(pair.ours), std::move(pair.theirs), prompt);
  CHECK(player.play() == "");
}

}  // namespace

TEST_CASE("whatever arrives, and whatever is read, gives what the whole stream says",
          "[reader][property]") {
  for (std::uint32_t seed = 1; seed <= 3000; ++seed) {
    CAPTURE(seed);
    check(random_script(seed, random_end(seed)), unix_pair(), true);
  }
}

TEST_CASE("the same over TCP, with FIN and real resets", "[reader][property]") {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    check(random_script(seed, seed % 2 == 0 ? "F" : "!"), tcp_pair(), false);
  }
}

TEST_CASE("reads larger than a block and a turn give what the whole stream says",
          "[reader][property]") {
  // As a number 'b' is 32 KiB, 'h' 128 KiB, 'p' 256 KiB, 't' 320 KiB.
  for (const std::string_view script :
       {"bBhR3Eh.BtLR9*Rh", "hBt.U5.Bb,*LF", "9Bh.Bp.LL.*RbTtF", "1Tt.Bh.Bb.Bh,Tt.F", "bEt.Bh.BtL!",
        "1BbLBp.*L,BtZ*Rb", "1Bt.*Rb,*Rb,", "1Et,Bt.*Rh", "1Tt,BtF", "1BtEt,L", "1L,BtF,*L,*L"}) {
    check(script, unix_pair(), true);
  }
}
