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
