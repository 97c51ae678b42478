#include "client/load/line_mix.hpp"

#include <map>
#include <string>
#include <vector>

#include "client/load/messages.hpp"
#include "tests/catch.hpp"

using client::load::line_protocol;
using client::load::LineMix;
using client::load::Plan;
using client::load::PlannedLine;

namespace {

PlannedLine weighted(const char* line, std::uint64_t weight) {
  PlannedLine planned{line};
  planned.weight = weight;
  return planned;
}

Plan plan_of(std::vector<PlannedLine> lines, std::uint64_t seed = 1) {
  Plan plan;
  plan.protocol = &line_protocol;
  plan.payload.lines = std::move(lines);
  plan.seed = seed;
  return plan;
}

}  // namespace

TEST_CASE("lines of a mix are drawn in proportion to their weights, on each connection") {
  const auto messages =
      line_protocol.make_messages(plan_of({weighted("A", 1), weighted("B", 5), weighted("C", 2)}));
  for (const std::uint64_t connection : {0U, 1U, 999U}) {
    std::map<std::string, int> counts;
    for (std::uint64_t sequence = 0; sequence < 8000; ++sequence) {
      ++counts[std::string(messages->request(connection, sequence))];
    }
    CHECK(counts["A\r\n"] == Approx(1000).margin(120));
    CHECK(counts["B\r\n"] == Approx(5000).margin(200));
    CHECK(counts["C\r\n"] == Approx(2000).margin(160));
  }
}

TEST_CASE("which line a request is depends on seed, connection and sequence alone") {
  const std::vector<PlannedLine> lines{weighted("A", 1), weighted("B", 1)};
  const auto drawn = [&lines](std::uint64_t seed, std::uint64_t connection, bool backwards) {
    const auto messages = line_protocol.make_messages(plan_of(lines, seed));
    std::string all(64, ' ');
    for (std::uint64_t i = 0; i < all.size(); ++i) {
      const std::uint64_t sequence = backwards ? all.size() - 1 - i : i;
      all[sequence] = messages->request(connection, sequence).front();
    }
    return all;
  };
  const std::string one = drawn(1, 1, false);
  CHECK(drawn(1, 1, true) == one);
  CHECK(drawn(2, 1, false) != one);
  CHECK(drawn(1, 2, false) != one);
}

TEST_CASE("a known reply has the places of its line filled alike") {
  PlannedLine line{"SET {connection} {random:20} {seq}"};
  line.reply = "{connection}={random:20} of {seq}";
  const auto messages = line_protocol.make_messages(plan_of({line}));
  const std::string request(messages->request(3, 14));
  CHECK(messages->reply(3, 14) == "3=" + request.substr(6, 20) + " of 14\r\n");
  CHECK(messages->rule(3, 14).any_line_end);
}

TEST_CASE("a reply that is held to a pattern is not known") {
  PlannedLine line{"ECHO {seq}"};
  line.pattern = "^.[0-9]";
  Plan plan = plan_of({line});
  const auto messages = line_protocol.make_messages(plan);
  CHECK(messages->reply(0, 0).empty());
  CHECK(messages->judges_text());
  CHECK(messages->rule(0, 0).text->expression() == "^.[0-9]");
  plan.verify = false;
  CHECK(line_protocol.make_messages(plan)->rule(0, 0).text == nullptr);
}

TEST_CASE("what cannot be read says what it is") {
  PlannedLine line{"A"};
  line.reply = "{what}";
  const std::vector<PlannedLine> lines{line};
  CHECK_THROWS_WITH(LineMix(lines, 1),
                    Catch::Matchers::StartsWith("the reply \"{what}\": {what} is not"));
}
