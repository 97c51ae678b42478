// The sample that is installed: config/echoline.toml.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/keys.hpp"
#include "tests/config/loading.hpp"

using namespace config;

namespace {

const std::filesystem::path sample = ECHOLINE_SAMPLE;

}  // namespace

TEST_CASE("the sample states the defaults", "[sample]") {
  const Loaded loaded = load_file(sample, protocols);
  for (const Error& error : loaded.errors) UNSCOPED_INFO(to_string(error));
  REQUIRE(loaded);
  CHECK(*loaded.config == Config{});
}

TEST_CASE("every key stands in the sample, under its table, with a comment", "[sample]") {
  std::ifstream in{sample};
  REQUIRE(in);
  std::vector<std::string> documented;
  std::string table = "top";
  for (std::string line; std::getline(in, line);) {
    INFO(line);
    CHECK(line.size() <= 100);
    if (line.starts_with('[')) table = line;
    const std::size_t equals = line.find(" = ");
    if (equals == std::string::npos || line.starts_with('#')) continue;
    if (line.find("  # ") != std::string::npos) {
      documented.push_back(table + ' ' + line.substr(0, equals));
    }
  }

  std::vector<std::string> expected;
  for (std::string_view key : top_keys) expected.push_back("top " + std::string{key});
  for (std::string_view key : limits_keys) expected.push_back("[limits] " + std::string{key});
  for (std::string_view key : log_keys) expected.push_back("[log] " + std::string{key});
  for (std::string_view key : listener_keys) {
    expected.push_back("[[listener]] " + std::string{key});
  }
  CHECK(documented == expected);
}
