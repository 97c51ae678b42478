// The plans that are installed, config/faults/*.faults.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "streams/faults/grammar.hpp"
#include "streams/faults/plan.hpp"
#include "tests/catch.hpp"
#include "tests/streams/faults/pumped.hpp"

namespace {

const std::filesystem::path folder = ECHOLINE_PLANS;

std::vector<std::filesystem::path> plans() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in{path};
  REQUIRE(in);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Whether the fault happens to one of the first connections, of which each sends that many lines.
bool happens(const std::string& fault, std::uint64_t connections, std::size_t lines) {
  // It also holds the connection up, for what happens after a time.
  const faults::Plan plan = tests::plan_of({fault, "delay 1h at byte 0 of input"});
  std::string input;
  for (std::size_t i = 0; i < lines; ++i) input += std::string(99, 'x') + '\n';
  for (std::uint64_t connection = 1; connection <= connections; ++connection) {
    tests::Pumped pumped(plan, {.seed = 1, .connection = connection, .of_source = 1}, input, 0);
    pumped.do_not_cut();
    const std::string action{faults::word(plan.faults[0].action)};
    if (pumped.run().met.find(action + '@') != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("there are twenty plans, and each is one") {
  CHECK(plans().size() == 20);
  for (const auto& path : plans()) {
    CAPTURE(path.filename().string());
    CHECK(path.extension() == ".faults");
    const faults::ParsedPlan parsed = faults::parse_plan(text_of(path));
    CHECK(parsed.error == "");
    CHECK_FALSE(parsed.plan.empty());
  }
}

TEST_CASE("each says in up to three lines what it imitates and where that was reported") {
  for (const auto& path : plans()) {
    CAPTURE(path.filename().string());
    std::istringstream text{text_of(path)};
    std::vector<std::string> comment;
    for (std::string line; std::getline(text, line) && line.starts_with("# ");) {
      CHECK((line.size() <= 100 || line.starts_with("# https://")));
      comment.push_back(line);
    }
    REQUIRE(comment.size() >= 2);
    CHECK(comment.size() <= 3);
    CHECK(comment.back().starts_with("# https://"));
    CHECK(std::ranges::any_of(comment, [](const std::string& line) {
      return line.find("Suffer:") != std::string::npos;
    }));
  }
}

TEST_CASE("each of their faults happens") {
  constexpr std::size_t few = 12;
  constexpr std::size_t more_than_1_mib = 11'000;
  for (const auto& path : plans()) {
    CAPTURE(path.filename().string());
    for (const faults::Fault& fault : faults::parse_plan(text_of(path)).plan.faults) {
      const std::string text = faults::to_text(fault);
      CAPTURE(text);
      CHECK((happens(text, 500, few) || happens(text, 1, more_than_1_mib)));
    }
  }
}

TEST_CASE("two of the plans, each as a whole") {
  const auto outcome = [](const char* name) {
    const faults::ParsedPlan parsed = faults::parse_plan(text_of(folder / name));
    return tests::Pumped(parsed.plan, {}, "1\n2\n3\n4\n5\n6\n7\n8\n9\n", 7).run();
  };
  const tests::Outcome race = outcome("keep-alive-race.faults");
  CHECK(race.sent == "+1\r\n+2\r\n");
  CHECK(race.end == "fin");
  CHECK(outcome("wrong-replies.faults").sent ==
        "+1\r\n+2\r\n+4\r\n+3\r\n+5\r\n+6\r\n+7\r\n+8\r\n+8\r\n+9\r\n");
}
