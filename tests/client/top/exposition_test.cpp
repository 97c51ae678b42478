#include "client/top/exposition.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/catch.hpp"

using namespace client::top;

namespace {

struct Case {
  const char* line;
  Sample sample;
};

const double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("a sample is a name, labels and a value; what stands behind it is passed over", "[top]") {
  const std::vector<Case> cases{
      {"uptime_seconds 12", {"uptime_seconds", {}, 12}},
      {"a:b_1 -0.5", {"a:b_1", {}, -0.5}},
      {"up +1e3", {"up", {}, 1000}},
      {"up\t1 ", {"up", {}, 1}},
      {"up +Inf", {"up", {}, infinity}},
      {"up -Inf", {"up", {}, -infinity}},
      {"up 1e999", {"up", {}, infinity}},
      {"up{} 3", {"up", {}, 3}},
      {R"(n{listener="echo"} 3)", {"n", {{"listener", "echo"}}, 3}},
      {R"(n{listener="echo"}3)", {"n", {{"listener", "echo"}}, 3}},
      {R"(n{ a = "1" , b="2", } 3)", {"n", {{"a", "1"}, {"b", "2"}}, 3}},
      {R"(n{a="q\"b\\n\nx}"} 3)", {"n", {{"a", "q\"b\\n\nx}"}}, 3}},
      {R"(n{a=""} 3 1700000000.5)", {"n", {{"a", ""}}, 3}},
      {R"(n_bucket{le="1"} 3 # {id="7"} 0.5)", {"n_bucket", {{"le", "1"}}, 3}},
      {R"(n_bucket{le="1"} 3 17 # {id="7"} 0.5)", {"n_bucket", {{"le", "1"}}, 3}}};
  for (const Case& test : cases) {
    CAPTURE(test.line);
    const auto sample = parse_sample(test.line);
    REQUIRE(sample);
    CHECK(*sample == test.sample);
  }
  CHECK(std::isnan(parse_sample("up NaN")->value));
}

TEST_CASE("what is no sample is none", "[top]") {
  for (const char* const line : {"",
                                 " up 1",
                                 "up",
                                 "up ",
                                 "up x",
                                 "up 1x",
                                 "up 1 x",
                                 "up 1 2 3",
                                 "1up 1",
                                 "up=1",
                                 "{a=\"1\"} 1",
                                 "up{a=\"1\" 1",
                                 "up{a=\"1} 1",
                                 "up{a=1} 1",
                                 "up{a} 1",
                                 "up{=\"1\"} 1",
                                 "up{a=\"1\"b=\"2\"} 1",
                                 "up{a=\"1\\",
                                 "up{,} 1",
                                 "up{a=\"1\"}",
                                 "up +",
                                 "up ++1",
                                 "-unknown command 'STATS'"}) {
    CAPTURE(line);
    CHECK_FALSE(parse_sample(line));
  }
}

TEST_CASE("names, labels and their number are bounded", "[top]") {
  const std::string longest(max_word, 'n');
  CHECK(parse_sample(longest + " 1"));
  CHECK_FALSE(parse_sample(longest + "n 1"));
  CHECK(parse_sample("up{a=\"" + longest + "\"} 1"));
  CHECK_FALSE(parse_sample("up{a=\"" + longest + "n\"} 1"));
  std::string labels;
  for (std::size_t i = 0; i < max_labels; ++i) labels += "a=\"1\",";
  CHECK(parse_sample("up{" + labels + "} 1"));
  CHECK_FALSE(parse_sample("up{" + labels + "a=\"1\"} 1"));
}

TEST_CASE("an exposition's comments and empty lines are passed over, other lines counted",
          "[top]") {
  const Exposition read = parse_exposition(
      "# HELP up Whether it is\n# TYPE up gauge\nup 1\r\n\n  \nnonsense\nlast 2\n# EOF");
  CHECK(read.malformed == 1);
  CHECK_FALSE(read.too_long);
  REQUIRE(read.samples.size() == 2);
  CHECK(read.samples[0].name == "up");
  CHECK(read.samples[1].value == 2);
  CHECK(parse_exposition("").samples.empty());
}

TEST_CASE("an exposition is read up to a bound", "[top]") {
  std::string text;
  for (std::size_t i = 0; i < max_samples; ++i) text += "up 1\n";
  CHECK_FALSE(parse_exposition(text).too_long);
  const Exposition read = parse_exposition(text + "up 1\nup 1\n");
  CHECK(read.too_long);
  CHECK(read.samples.size() == max_samples);
}
