#include "streams/faults/grammar.hpp"

#include <string>
#include <string_view>

#include "tests/catch.hpp"

using faults::parse;
using faults::to_text;

namespace {

std::string refused(std::string_view text) {
  const faults::ParsedFault parsed = parse(text);
  if (parsed) return "none: " + to_text(parsed.fault);
  return std::to_string(parsed.wrong.column) + ": " + parsed.wrong.what;
}

}  // namespace

TEST_CASE("each fault is written as it is read, with the place that is meant where none stands") {
  struct Row {
    std::string_view text;
    std::string_view written;
  };
  const Row rows[] = {
      {"delay 2ms", "delay 2ms every line"},
      {"delay 2ms every line of output", "delay 2ms every line of output"},
      {"delay 2ms at byte 4KiB", "delay 2ms at byte 4096"},
      {"DELAY Normal 5ms 1ms EVERY 64KiB of Input", "delay normal 5ms 1ms every 64KiB of input"},
      {"delay normal 5ms 0s", "delay 5ms every line"},
      {"delay 2ms 90% 50ms 10%", "delay 2ms 90% 50ms 10% every line"},
      {"delay 1ms 100%", "delay 1ms every line"},
      {"delay 2ms 33.3333333% 1m30s 66.6666667%",
       "delay 2ms 33.3333333% 90s 66.6666667% every line"},
      {"rate 10KiB/s", "rate 10KiB/s at byte 0"},
      {"rate 10KiB/s of input", "rate 10KiB/s at byte 0 of input"},
      {"rate 10/s of input after 1.5s", "rate 10B/s after 1500ms of input"},
      {"rate 1MiB/s after line 3 of input", "rate 1MiB/s after line 3 of input"},
      {"slice 3", "slice 3B at byte 0"},
      {"slice 3 every 10ms at byte 7", "slice 3B every 10ms at byte 7"},
      {"coalesce 4KiB", "coalesce 4KiB at byte 0"},
      {"coalesce 4096 within 5ms after 2s", "coalesce 4KiB within 5ms after 2s"},
      {"stall 2s", "stall 2s at byte 0"},
      {"stall forever after line 3", "stall forever after line 3"},
      {"stall 1s every line of input", "stall 1s every line of input"},
      {"stop-reading", "stop-reading at byte 0"},
      {"stop-reading at byte 9 of input", "stop-reading at byte 9"},
      {"stop-reading for 2s for first 3 of each source",
       "stop-reading for 2s at byte 0 for first 3 of each source"},
      {"stop-reading for 5% of connections", "stop-reading at byte 0 for 5% of connections"},
      {"stop-reading for every 2nd connection", "stop-reading at byte 0 for every 2nd connection"},
      {"half-close after line 1", "half-close after line 1"},
      {"fin at byte 4096 of output", "fin at byte 4096"},
      {"reset at byte 1 of input", "reset at byte 1 of input"},
      {"silent", "silent at accept"},
      {"refuse 5s at accept for every 3rd connection",
       "refuse 5s at accept for every 3rd connection"},
      {"backlog-full 1s for 12.5% of connections",
       "backlog-full 1s at accept for 12.5% of connections"},
      {"close for every 11th connection", "close at accept for every 11th connection"},
      {"corrupt at byte 4096 with 1%", "corrupt at byte 4096 with 1%"},
      {"corrupt xor 0x20 every 1KiB", "corrupt xor 32 every 1KiB"},
      {"corrupt xor 255 at byte 1", "corrupt at byte 1"},
      {"drop 10 at byte 5 of input", "drop 10B at byte 5 of input"},
      {"duplicate 16KiB at byte 5", "duplicate 16KiB at byte 5"},
      {"insert 1MiB", "insert 1MiB at byte 0"},
      {"insert 100 every 10ms", "insert 100B every 10ms at byte 0"},
      {"insert 100 every 64KiB", "insert 100B every 64KiB"},
      {"insert 100 every 10ms every line", "insert 100B every 10ms every line"},
      {"swallow-reply after line 3", "swallow-reply after line 3"},
      {"duplicate-reply with 0.5%", "duplicate-reply every line with 0.5%"},
      {"reorder-reply every line of output", "reorder-reply every line"},
      {R"(answer "-ERR busy" after line 2)", R"(answer "-ERR busy" after line 2)"},
      {R"(answer "a \"b\"\r\n\t\\\x00\xfF" after line 2 with 5%)",
       R"(answer "a \"b\"\r\n\t\\\x00\xff" after line 2 with 5%)"},
      {R"(answer "")", R"(answer "" every line)"},
      {"slow-close 2s with 50%", "slow-close 2s with 50%"},
      {"ignore-fin", "ignore-fin"},
      {"urgent", "urgent at byte 0"},
      {"urgent 0x41 every line", "urgent 65 every line"},
      {"\t reset  at\tbyte 3 ", "reset at byte 3"},
  };
  for (const auto& [text, written] : rows) {
    CAPTURE(text);
    const faults::ParsedFault parsed = parse(text);
    CHECK(parsed.wrong.what == "");
    CHECK(to_text(parsed.fault) == written);
    CHECK(parse(written).fault == parsed.fault);
  }
}

TEST_CASE("what is no fault is refused with its column, the reason and what was meant") {
  struct Row {
    std::string_view text;
    std::string_view error;
  };
  const Row rows[] = {
      {"",
       R"(1: nothing; allowed are "delay", "rate", "slice", "coalesce", "stall", "stop-reading", "half-close", "fin", "reset", "silent", "refuse", "backlog-full", "close", "corrupt", "drop", "duplicate", "insert", "swallow-reply", "duplicate-reply", "reorder-reply", "answer", "slow-close", "ignore-fin", "urgent")"},
      {"  dealy 2ms", R"(3: "dealy" is no action; did you mean "delay"?)"},
      {"reset at bite 4096", R"(10: "bite" is no place after "at"; did you mean "byte"?)"},
      {"reset at", R"(9: nothing after "at"; allowed are "accept", "byte")"},
      {"reset at byte",
       R"(14: nothing after "byte"; write a whole number, alone or with one of B, KiB, MiB, GiB, as in "64KiB")"},
      {"reset at byte 4kb",
       R"(15: "4kb" is not a size; write a whole number, alone or with one of B, KiB, MiB, GiB, as in "64KiB")"},
      {"reset at byte -1",
       R"(15: "-1" is not a size; write a whole number, alone or with one of B, KiB, MiB, GiB, as in "64KiB")"},
      {"reset at byte 2000000000GiB",
       R"(15: "2000000000GiB" is too large; write a whole number, alone or with one of B, KiB, MiB, GiB, as in "64KiB")"},
      {"reset at byte 3 of outptu",
       R"(20: "outptu" is no stream after "of"; did you mean "output"?)"},
      {"reset at accept",
       R"(7: no place for "reset"; allowed are "at byte N", "after line N", "after TIME")"},
      {"silent at byte 3", R"(8: no place for "silent"; allowed is "at accept")"},
      {"slow-close 2s at byte 3", R"(15: no place for "slow-close"; it takes no place)"},
      {"corrupt after line 1",
       R"(9: no place for "corrupt"; allowed are "at byte N", "every SIZE")"},
      {"slice 3 of input", R"(9: "slice" is of the output alone)"},
      {"slice 3 at byte 1 of input", R"(19: "slice" is of the output alone)"},
      {"stop-reading at byte 3 of output", R"(24: "stop-reading" is of the input alone)"},
      {"close of input", R"(7: "close" is of the whole connection)"},
      {"corrupt every", R"(14: nothing after "every"; allowed are "line", "64KiB")"},
      {"corrupt every 0", R"(15: "0" is too little)"},
      {"fin after line 0", R"(16: "0" is no line after "line"; write a whole number from 1)"},
      {"fin after lines 3", R"(11: "lines" is no word after "after"; did you mean "line"?)"},
      {"delay",
       R"(6: nothing after "delay"; write a number and one of us, ms, s, m, h, as in "2ms" or "1m30s")"},
      {"delay 2",
       R"(7: "2" has no unit; write a number and one of us, ms, s, m, h, as in "2ms" or "1m30s")"},
      {"delay 25h",
       R"(7: "25h" is more than 24h; write a number and one of us, ms, s, m, h, as in "2ms" or "1m30s")"},
      {"delay 2ms 90% 50ms 11%", R"(23: the shares of a delay must add up to 100%)"},
      {"delay 2ms 90% 50ms",
       R"(19: nothing after "50ms"; write it in per cent, as in "1%" or "0.5%")"},
      {"delay normal 5ms",
       R"(17: nothing after "5ms"; write a number and one of us, ms, s, m, h, as in "2ms" or "1m30s")"},
      {"rate 10KiB", R"(6: "10KiB" is no rate; write a size and /s, as in "10KiB/s")"},
      {"rate", R"(5: nothing after "rate"; write a size and /s, as in "10KiB/s")"},
      {"rate 0/s", R"(6: "0/s" is too little)"},
      {"coalesce 33KiB", R"(15: coalesce takes at most 32KiB)"},
      {"duplicate 1MiB at byte 3", R"(16: duplicate takes at most 16KiB)"},
      {"corrupt xor 0", R"(13: "0" is no mask after "xor"; write a whole number from 1 to 255)"},
      {"corrupt xor 256",
       R"(13: "256" is no mask after "xor"; write a whole number from 1 to 255)"},
      {"urgent 0x100",
       R"(8: "0x100" is no byte after "urgent"; write a whole number from 0 to 255)"},
      {"answer busy", R"(8: "busy" is no text; write it in double quotes, as in "-ERR busy")"},
      {"answer \"busy", R"(8: the text has no end; write a " behind it)"},
      {R"(answer "a\qb")", R"(10: "\q" is no escape; allowed are \r, \n, \t, \\, \" and \xNN)"},
      {R"(answer "a\x4")", R"(10: "\x" is no escape; allowed are \r, \n, \t, \\, \" and \xNN)"},
      {"reset with", R"(11: nothing after "with"; write it in per cent, as in "1%" or "0.5%")"},
      {"reset with 5", R"(12: "5" has no unit; write it in per cent, as in "1%" or "0.5%")"},
      {"reset with 101%",
       R"(12: "101%" is more than 100%; write it in per cent, as in "1%" or "0.5%")"},
      {"reset with 0.00000001%", R"(12: "0.00000001%" is too little)"},
      {"reset for fisrt 3", R"(11: "fisrt" is no scope after "for"; did you mean "first"?)"},
      {"reset for P%", R"(11: "P%" is no scope after "for"; allowed are "first", "every", "5%")"},
      {"corrupt every SIZE",
       R"(15: "SIZE" is no place after "every"; allowed are "line", "64KiB")"},
      {"reset for first 3 of every source",
       R"(22: "every" is no word after "of"; allowed is "each")"},
      {"reset for every 3 connection",
       R"(17: "3" is no ordinal number after "every"; write it as in "2nd" or "10th")"},
      {"reset for 5% of connection",
       R"(17: "connection" is no word after "of"; did you mean "connections"?)"},
      {"reset with 1% at byte 3",
       R"(15: "at" is once too often or too late: the order is action, place, with, for)"},
      {"reset at byte 3 at byte 4",
       R"(17: "at" is once too often or too late: the order is action, place, with, for)"},
      {"reset at byte 3 wiht 1%",
       R"(17: "wiht" is no part of a fault after "3"; did you mean "with"?)"},
      {"reset\x01", R"(1: "reset?" is no action; did you mean "reset"?)"},
  };
  for (const auto& [text, error] : rows) {
    CAPTURE(text);
    CHECK(refused(text) == error);
  }
}

TEST_CASE("a text of one byte too many is no fault") {
  const std::string longest = "answer \"" + std::string(faults::max_text - 9, 'x') + '"';
  CHECK(parse(longest));
  CHECK(refused(longest + ' ') == "257: a fault has at most 256 bytes");
}
