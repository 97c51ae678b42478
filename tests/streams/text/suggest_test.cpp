#include "streams/text/suggest.hpp"

#include <array>

#include "tests/catch.hpp"

using text::nearest;

namespace {
constexpr std::array<std::string_view, 3> known{"idle_timeout", "max_line", "at_limit"};
}

TEST_CASE("a misspelt word finds its nearest neighbour", "[suggest]") {
  CHECK(nearest("idle_timout", known) == "idle_timeout");    // dropped
  CHECK(nearest("idle_timeoutt", known) == "idle_timeout");  // added
  CHECK(nearest("idle-timeout", known) == "idle_timeout");   // changed
  CHECK(nearest("max_lien", known) == "max_line");           // swapped
  CHECK(nearest("MAX_LINE", known) == "max_line");           // case
  CHECK(nearest("maxline", known) == "max_line");
}

TEST_CASE("swapped neighbours count once, so that short words are still found", "[suggest]") {
  constexpr std::array<std::string_view, 1> echo{"echo"};
  CHECK(nearest("ehco", echo) == "echo");
  CHECK(nearest("eoch", echo) == std::nullopt);
}

TEST_CASE("a word unlike all others has no neighbour", "[suggest]") {
  CHECK(nearest("", known) == std::nullopt);
  CHECK(nearest("colour", known) == std::nullopt);
  CHECK(nearest("max_connections", known) == std::nullopt);
  CHECK(nearest("max_line", {}) == std::nullopt);
  CHECK(nearest(std::string(100'000, 'x'), known) == std::nullopt);
}

TEST_CASE("the nearest of several wins, the first of equals", "[suggest]") {
  constexpr std::array<std::string_view, 3> words{"level_a", "level_b", "level_xx"};
  CHECK(nearest("level_b", words) == "level_b");
  CHECK(nearest("level_c", words) == "level_a");
  CHECK(nearest("level_xy", words) == "level_xx");
}

TEST_CASE("a suggestion names the neighbour, or all that is allowed", "[suggest]") {
  CHECK(text::suggestion("maxline", known, '\'') == "; did you mean 'max_line'?");
  CHECK(text::suggestion("colour", known, '"') ==
        "; allowed are \"idle_timeout\", \"max_line\", \"at_limit\"");
  CHECK(text::suggestion("colour", std::array<std::string_view, 1>{"echo"}, '"') ==
        "; allowed is \"echo\"");
}
