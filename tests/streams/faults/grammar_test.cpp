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
      {"reset at bite 4096", R"(10: "bite" is no place after "at"; did you mean "byte"?)"},
      {"dealy 2ms", R"(1: "dealy" is no action; did you mean "delay"?)"},
      {"reset at", R"(9: nothing after "at"; allowed are "accept", "byte")"},
  };
  for (const auto& [text, error] : rows) {
    CAPTURE(text);
    CHECK(refused(text) == error);
  }
}
