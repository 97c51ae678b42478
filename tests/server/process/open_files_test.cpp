#include "server/process/open_files.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/catch.hpp"

namespace {

/// The size of this process's table of descriptors, as the kernel has it.
std::size_t table_size() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::size_t size = 0;
    if (word == "FDSize:" && status >> size) return size;
  }
  return 0;
}

std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

}  // namespace

TEST_CASE("the descriptor table is as large as was asked for, and nothing stays open",
          "[open_files]") {
  const std::size_t limit = server::process::raise_open_files();
  const std::size_t wanted = table_size() * 2;
  REQUIRE(wanted != 0);
  REQUIRE(wanted <= limit);
  const auto before = open_files();
  server::process::grow_descriptor_table(wanted);
  CHECK(table_size() >= wanted);
  CHECK(open_files() == before);
}

TEST_CASE("a table of nothing, or beyond the limit, changes nothing", "[open_files]") {
  const std::size_t before = table_size();
  server::process::grow_descriptor_table(0);
  server::process::grow_descriptor_table(SIZE_MAX);
  CHECK(table_size() == before);
}
