#include "client/command_line/load_values.hpp"

#include "tests/catch.hpp"

using client::command_line::parse_list;
using client::command_line::parse_ramp;
using client::command_line::parse_sizes;
using client::command_line::parse_step;
using namespace std::chrono_literals;

TEST_CASE("sizes are one, or two with dots between") {
  CHECK(parse_sizes("64").value == std::pair<std::size_t, std::size_t>{64, 64});
  CHECK(parse_sizes("64..1500").value == std::pair<std::size_t, std::size_t>{64, 1500});
  CHECK(parse_sizes("1B..64MiB").value == std::pair<std::size_t, std::size_t>{1, 64U << 20U});
}

TEST_CASE("sizes that cannot be are refused, and why") {
  CHECK(parse_sizes("0").error == "\"0\" is out of range; write 1 to 64MiB");
  CHECK(parse_sizes("65MiB").error == "\"65MiB\" is out of range; write 1 to 64MiB");
  CHECK(parse_sizes("9..8").error == "\"9..8\": the first size is the larger one");
  for (const char* text : {"", "x", "1..", "..1", "1..2..3", "1-2"}) {
    CAPTURE(text);
    CHECK(parse_sizes(text).error.find("is not a size, as in 64 or 4KiB, nor two of them") !=
          std::string::npos);
  }
}

TEST_CASE("a ramp has two rates and a time, a step one") {
  const auto ramp = parse_ramp("1000:50k:30s");
  CHECK(ramp);
  CHECK(ramp.value.from == 1000);
  CHECK(ramp.value.to == 50'000);
  CHECK(ramp.value.time == 30s);
  const auto step = parse_step("2k:500ms");
  CHECK(step);
  CHECK(step.value.from == 2000);
  CHECK(step.value.to == 2000);
  CHECK(step.value.time == 500ms);
}

TEST_CASE("a ramp or step that cannot be read says how to write one") {
  CHECK(parse_ramp("1000:30s").error == "\"1000:30s\" is not FROM:TO:TIME, as in 1000:50k:30s");
  CHECK(parse_step("1000").error == "\"1000\" is not RATE:TIME, as in 50k:10s");
  CHECK(parse_step("x:10s").error.find("\"x:10s\": \"x\" is not a rate") == 0);
  CHECK(parse_step("1k:10x").error.find("\"1k:10x\": \"10x\" is not a duration") == 0);
  CHECK(parse_step("1k:0s").error == "\"1k:0s\": it takes no time");
}

TEST_CASE("a hold is a time, and not none") {
  using client::command_line::parse_hold;
  CHECK(parse_hold("1.5m").value == 90s);
  CHECK(parse_hold("0s").error == "\"0s\": it takes no time");
  CHECK(parse_hold("1k:5s").error.find("\"1k:5s\" is not a duration") != std::string::npos);
  CHECK(parse_hold("9000h").error == "\"9000h\": it takes more than 8760h");
}

TEST_CASE("a list has commas between its parts") {
  CHECK(parse_list("a").value == std::vector<std::string>{"a"});
  CHECK(parse_list("a,b").value == std::vector<std::string>{"a", "b"});
  CHECK_FALSE(parse_list("a,,b"));
  CHECK_FALSE(parse_list(""));
}

TEST_CASE("a limit on errors is a number of them or a percentage of the requests") {
  using client::command_line::parse_error_limit;
  CHECK(parse_error_limit("0").value.count == 0);
  CHECK(parse_error_limit("10k").value.count == 10'000);
  CHECK_FALSE(parse_error_limit("10").value.share);
  CHECK(parse_error_limit("2.5%").value.share == Approx(0.025));
  CHECK_FALSE(parse_error_limit("2.5%").value.count);
  for (const char* const text : {"", "few", "1.5", "101%", "-1", "%", "5 %"}) {
    CAPTURE(text);
    CHECK(parse_error_limit(text).error.find("nor a percentage") != std::string::npos);
  }
}
