#include "streams/faults/script.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "tests/catch.hpp"
#include "tests/streams/faults/pumped.hpp"

using namespace std::chrono_literals;

namespace {

constexpr std::string_view input = "one\ntwo\nthree\n";
constexpr std::string_view sent = "+one\r\n+two\r\n+three\r\n";

struct Row {
  std::vector<std::string> plan;
  std::string_view fed;
  std::string_view sent;
  std::string_view end;
  std::string_view met;
  std::chrono::microseconds lasted{};
};

void check(const Row& row) {
  for (unsigned cuts = 0; cuts < 5; ++cuts) {
    tests::Pumped pumped(tests::plan_of(row.plan), {}, input, cuts);
    if (cuts == 0) pumped.do_not_cut();
    const tests::Outcome& outcome = pumped.run();
    CAPTURE(row.plan, cuts);
    const bool is_ended_early = row.end == "fin" || row.end == "reset";
    if (!is_ended_early) CHECK(outcome.fed == row.fed);
    CHECK(outcome.sent == row.sent);
    CHECK(outcome.end == row.end);
    CHECK(outcome.met == row.met);
    if (!is_ended_early) CHECK(outcome.lasted == row.lasted);
  }
}

}  // namespace

TEST_CASE("what happens at a byte of the output happens before that byte and is noted") {
  const Row rows[] = {
      {{}, input, sent, "end", ""},
      {{"fin at byte 3"}, input, "+on", "fin", "fin@output:3"},
      {{"reset at byte 6"}, input, "+one\r\n", "reset", "reset@output:6"},
      {{"reset at byte 0"}, input, "", "reset", "reset@output:0"},
      {{"fin at byte 20"}, input, sent, "fin", "fin@output:20"},
      {{"fin at byte 21"}, input, sent, "end", ""},
      {{"half-close at byte 7"}, input, "+one\r\n+<half-close>", "end", "half-close@output:7"},
      {{"corrupt xor 0x20 at byte 1"},
       input,
       "+One\r\n+two\r\n+three\r\n",
       "end",
       "corrupt@output:1"},
      {{"corrupt xor 1 every 6"},
       input,
       "+one\r\n*two\r\n*three\f\n",
       "end",
       "corrupt@output:6 corrupt@output:12 corrupt@output:18"},
      {{"drop 4 at byte 2"}, input, "+o+two\r\n+three\r\n", "end", "drop@output:2"},
      {{"drop 1GiB at byte 2"}, input, "+o", "end", "drop@output:2"},
      {{"duplicate 3 at byte 1"},
       input,
       "+oneone\r\n+two\r\n+three\r\n",
       "end",
       "duplicate@output:1"},
      {{"duplicate 100 at byte 15"},
       input,
       "+one\r\n+two\r\n+three\r\nree\r\n",
       "end",
       "duplicate@output:15"},
      {{"insert 3 at byte 1"}, input, "+012one\r\n+two\r\n+three\r\n", "end", "insert@output:1"},
      {{"insert 3 every 5ms at byte 20"},
       input,
       "+one\r\n+two\r\n+three\r\n012",
       "end",
       "insert@output:20",
       10ms},
      {{"insert 1 every 8"},
       input,
       "+one\r\n+t0wo\r\n+thr0ee\r\n",
       "end",
       "insert@output:8 insert@output:16"},
      {{"urgent at byte 2"},
       input,
       "+o<urgent !>ne\r\n+two\r\n+three\r\n",
       "end",
       "urgent@output:2"},
      {{"urgent 65 every line"},
       input,
       "+one\r\n<urgent A>+two\r\n<urgent A>+three\r\n<urgent A>",
       "end",
       "urgent@reply:1 urgent@reply:2 urgent@reply:3"},
      {{"delay 3ms at byte 4"}, input, sent, "end", "delay@output:4", 3ms},
      {{"delay 3ms every 5"},
       input,
       sent,
       "end",
       "delay@output:5 delay@output:10 delay@output:15",
       9ms},
      {{"stall 1s at byte 4"}, input, sent, "end", "stall@output:4", 1s},
      {{"stall forever at byte 4"}, input, "+one", "stuck", "stall@output:4"},
      {{"stall forever"}, input, "", "stuck", "stall@output:0"},
      {{"slow-close 2s"}, input, sent, "end", "slow-close@end", 2s},
      {{"silent"}, input, "", "end", "silent@accept"},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("what happens at a byte of the input changes what the protocol sees") {
  const Row rows[] = {
      {{"corrupt xor 0x20 at byte 4 of input"},
       "one\nTwo\nthree\n",
       "+one\r\n+Two\r\n+three\r\n",
       "end",
       "corrupt@input:4"},
      {{"drop 4 at byte 0 of input"}, "two\nthree\n", "+two\r\n+three\r\n", "end", "drop@input:0"},
      {{"duplicate 4 at byte 0 of input"},
       "one\none\ntwo\nthree\n",
       "+one\r\n+one\r\n+two\r\n+three\r\n",
       "end",
       "duplicate@input:0"},
      {{"insert 2 at byte 14 of input"}, "one\ntwo\nthree\n01", sent, "end", "insert@input:14"},
      {{"stop-reading for 2s at byte 3"}, input, sent, "end", "stop-reading@input:3", 2s},
      {{"stop-reading at byte 4"}, "one\n", "+one\r\n", "stuck", "stop-reading@input:4"},
      {{"stall forever at byte 5 of input"}, "one\nt", "+one\r\n", "stuck", "stall@input:5"},
      {{"delay 3ms at byte 4 of input"}, input, sent, "end", "delay@input:4", 3ms},
      {{"delay 3ms at byte 14 of input"}, input, sent, "end", ""},
      {{"ignore-fin"}, input, sent, "stuck", "ignore-fin@end"},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("what happens at a line happens to the line, or behind its reply") {
  const Row rows[] = {
      {{"delay 2ms"}, input, sent, "end", "delay@line:1 delay@line:2 delay@line:3", 6ms},
      {{"delay 2ms after line 2"}, input, sent, "end", "delay@line:2", 2ms},
      {{"delay 2ms after line 4"}, input, sent, "end", ""},
      {{"delay 2ms every line of output"},
       input,
       sent,
       "end",
       "delay@reply:1 delay@reply:2 delay@reply:3",
       6ms},
      {{"stall forever after line 2"}, input, "+one\r\n+two\r\n", "stuck", "stall@reply:2"},
      {{"stall forever after line 2 of input"},
       "one\ntwo\n",
       "+one\r\n+two\r\n",
       "stuck",
       "stall@line:2"},
      {{"stop-reading after line 1"}, "one\n", "+one\r\n", "stuck", "stop-reading@line:1"},
      {{"fin after line 1"}, input, "+one\r\n", "fin", "fin@reply:1"},
      {{"reset after line 2"}, input, "+one\r\n+two\r\n", "reset", "reset@reply:2"},
      {{"half-close after line 2"},
       input,
       "+one\r\n+two\r\n<half-close>",
       "end",
       "half-close@reply:2"},
      {{"insert 4 after line 1"}, input, "+one\r\n0123+two\r\n+three\r\n", "end", "insert@reply:1"},
      {{"swallow-reply after line 2"}, input, "+one\r\n+three\r\n", "end", "swallow-reply@reply:2"},
      {{"swallow-reply"},
       input,
       "",
       "end",
       "swallow-reply@reply:1 swallow-reply@reply:2 swallow-reply@reply:3"},
      {{"duplicate-reply after line 2"},
       input,
       "+one\r\n+two\r\n+two\r\n+three\r\n",
       "end",
       "duplicate-reply@reply:2"},
      {{"reorder-reply after line 1"},
       input,
       "+two\r\n+one\r\n+three\r\n",
       "end",
       "reorder-reply@reply:1"},
      {{"reorder-reply every line"},
       input,
       "+two\r\n+one\r\n+three\r\n",
       "end",
       "reorder-reply@reply:1"},
      {{"reorder-reply after line 3"}, input, sent, "end", ""},
      {{"answer \"-ERR busy\" after line 2"},
       input,
       "+one\r\n-ERR busy\r\n+three\r\n",
       "end",
       "answer@reply:2"},
      {{"answer \"x\\n\" after line 3"}, input, "+one\r\n+two\r\nx\n", "end", "answer@reply:3"},
      {{"reorder-reply after line 1", "swallow-reply after line 2"},
       input,
       "+one\r\n+three\r\n",
       "end",
       "swallow-reply@reply:2 reorder-reply@reply:1"},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("faults at one place happen in a fixed order, and each has its say") {
  const Row rows[] = {
      {{"fin at byte 6", "insert 1 at byte 6"}, input, "+one\r\n", "fin", "fin@output:6"},
      {{"insert 1 at byte 6", "fin at byte 6"},
       input,
       "+one\r\n0",
       "fin",
       "insert@output:6 fin@output:6"},
      // Between bytes first what is placed by byte, then the end of the line.
      {{"insert 2 after line 1", "urgent at byte 6"},
       input,
       "+one\r\n<urgent !>01+two\r\n+three\r\n",
       "end",
       "urgent@output:6 insert@reply:1"},
      {{"corrupt xor 1 at byte 0", "urgent at byte 0"},
       input,
       "<urgent !>*one\r\n+two\r\n+three\r\n",
       "end",
       "urgent@output:0 corrupt@output:0"},
      {{"drop 2 at byte 1", "corrupt at byte 2", "drop 2 at byte 2"},
       input,
       "+\r\n+two\r\n+three\r\n",
       "end",
       "drop@output:1 corrupt@output:2 drop@output:2"},
      {{"duplicate 2 at byte 1", "duplicate 2 at byte 2"},
       input,
       "+onone\r\n+two\r\n+three\r\n",
       "end",
       "duplicate@output:1"},
      {{"duplicate 4 at byte 1", "corrupt xor 0x20 at byte 2"},
       input,
       "+oNe\roNe\r\n+two\r\n+three\r\n",
       "end",
       "duplicate@output:1 corrupt@output:2"},
      {{"swallow-reply after line 2", "duplicate-reply"},
       input,
       "+one\r\n+one\r\n+three\r\n+three\r\n",
       "end",
       "duplicate-reply@reply:1 swallow-reply@reply:2 duplicate-reply@reply:3"},
      {{"coalesce 32KiB", "fin at byte 8"},
       input,
       "+one\r\n+t",
       "fin",
       "coalesce@output:0 fin@output:8"},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("a slice is a send of its own, and the next one waits for its time") {
  tests::Pumped pumped(tests::plan_of({"slice 4 every 10ms at byte 3"}), {}, "abcdefgh\n", 1);
  pumped.do_not_cut();
  const tests::Outcome& outcome = pumped.run();
  CHECK(outcome.sends == std::vector<std::string>{"+ab", "cdef", "gh\r\n"});
  CHECK(outcome.lasted == 10ms);
}

TEST_CASE("what is coalesced leaves when enough is there, when its time is over, and at the end") {
  tests::Pumped pumped(tests::plan_of({"coalesce 8 at byte 0"}), {}, "a\nb\nc\nd\ne\n", 3);
  CHECK(pumped.run().sends == std::vector<std::string>{"+a\r\n+b\r\n", "+c\r\n+d\r\n", "+e\r\n"});
  tests::Pumped timed(tests::plan_of({"coalesce 100 within 7ms", "stop-reading for 1s at byte 2"}),
                      {}, "a\nb\n", 3);
  CHECK(timed.run().sends == std::vector<std::string>{"+a\r\n", "+b\r\n"});
}

TEST_CASE("a rate lets go what it is for each second, in either direction") {
  const std::string line(9'999, 'x');
  for (const std::string text :
       {"rate 1000/s", "rate 1000/s of input", "rate 10000/s after line 1"}) {
    CAPTURE(text);
    const tests::Outcome outcome =
        tests::Pumped(tests::plan_of({text}), {}, line + "\n" + line + "\n", 1).run();
    const double seconds = std::chrono::duration<double>(outcome.lasted).count();
    const double expected = text == "rate 10000/s after line 1" ? 1 : 20;
    CHECK(seconds > expected * 0.98);
    CHECK(seconds < expected * 1.02);
  }
}

TEST_CASE("what is placed by time happens then, even while something else waits") {
  const Row rows[] = {
      {{"reset after 2s"}, input, sent, "end", ""},
      {{"stall forever after line 1", "reset after 2s"},
       input,
       "+one\r\n",
       "reset",
       "stall@reply:1 reset@time:2s"},
      {{"slow-close 3s", "urgent 65 after 1s", "urgent 66 after 2s", "insert 2 after 2s"},
       input,
       "+one\r\n+two\r\n+three\r\n<urgent A><urgent B>01",
       "end",
       "slow-close@end urgent@time:1s urgent@time:2s insert@time:2s",
       3s},
  };
  for (const Row& row : rows) check(row);
}
