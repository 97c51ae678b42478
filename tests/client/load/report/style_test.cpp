#include "client/load/report/style.hpp"

#include "tests/catch.hpp"

using namespace client::load::report;

TEST_CASE("tones are colours only where there are colours") {
  CHECK(Style{.colour = false, .unicode = true}.in(Tone::bad, "12") == "12");
  const Style style{.colour = true, .unicode = true};
  CHECK(style.in(Tone::bad, "12") == "\x1b[31m12\x1b[0m");
  CHECK(style.in(Tone::plain, "12") == "12");
  CHECK(style.in(Tone::bad, "").empty());
}

TEST_CASE("text in ASCII keeps its columns") {
  CHECK(to_ascii("41 µs ██▌▏ ━━─") == "41 us ###- ==-");
  CHECK(to_ascii("plain") == "plain");
}
