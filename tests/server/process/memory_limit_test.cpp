#include "server/process/memory_limit.hpp"

#include <fstream>
#include <limits>
#include <string>
#include <sys/resource.h>
#include <vector>

#include "tests/catch.hpp"

using namespace server::process;

namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

/// A place where cgroups are mounted, with these files in it.
class Mounted {
 public:
  explicit Mounted(const std::vector<std::pair<std::string, std::string>>& files) {
    std::string pattern = std::filesystem::temp_directory_path() / "cgroupXXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    root = pattern;
    for (const auto& [name, text] : files) {
      std::filesystem::create_directories((root / name).parent_path());
      std::ofstream(root / name) << text << '\n';
    }
  }
  ~Mounted() { std::filesystem::remove_all(root); }
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;

  std::filesystem::path root;
};

}  // namespace

TEST_CASE("the limit of a cgroup is the lowest on the way up", "[memory_limit]") {
  struct Row {
    std::string what;
    std::vector<std::pair<std::string, std::string>> files;
    std::string memberships;
    std::uint64_t limit;
  };
  for (const Row& row : std::vector<Row>{
           {"no cgroups", {}, "", unlimited},
           {"version 2", {{"a/b/memory.max", "100"}}, "0::/a/b\n", 100},
           {"version 2, not limited", {{"a/b/memory.max", "max"}}, "0::/a/b\n", unlimited},
           {"version 2, where the kernel slows it down",
            {{"a/memory.max", "100"}, {"a/memory.high", "80"}},
            "0::/a\n",
            80},
           {"a group above", {{"a/b/memory.max", "max"}, {"a/memory.max", "70"}}, "0::/a/b\n", 70},
           {"a lower one below", {{"a/b/memory.max", "60"}, {"a/memory.max", "70"}}, "0::/a/b", 60},
           {"the root of a container's namespace", {{"memory.max", "50"}}, "0::/\n", 50},
           {"a group outside of the namespace", {{"memory.max", "50"}}, "0::/../x\n", 50},
           {"another group", {{"c/memory.max", "40"}}, "0::/a/b\n", unlimited},
           {"version 1",
            {{"memory/a/memory.limit_in_bytes", "30"}},
            "3:cpu,memory:/a\n1:name=systemd:/b\n",
            30},
           {"version 1, of which the namespace shows the root only",
            {{"memory/memory.limit_in_bytes", "20"}},
            "3:memory:/docker/0123\n",
            20},
           {"version 1, not limited",
            {{"memory/memory.limit_in_bytes", "9223372036854771712"}},
            "3:memory:/\n",
            9223372036854771712U},
           {"both, version 2 without the controller",
            {{"memory/a/memory.limit_in_bytes", "30"}, {"unified/b/memory.max", "max"}},
            "3:memory:/a\n0::/b\n",
            30},
           {"controllers with alike names",
            {{"memory/a/memory.limit_in_bytes", "30"}},
            "3:memory2,xmemory:/a\n",
            unlimited},
           {"lines of no sense", {{"memory.max", "1"}}, "what\n:\n", unlimited},
       }) {
    INFO(row.what);
    const Mounted mounted(row.files);
    CHECK(cgroup_memory_limit(row.memberships, mounted.root) == row.limit);
  }
}

// A sanitizer's own memory is more than the limit.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("the process may not use more than the machine has, or its address space takes",
          "[memory_limit]") {
  const MemoryLimit usual = memory_limit();
  CHECK(usual.bytes > 0);
  CHECK(usual.bytes < unlimited);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_DATA, &before) == 0);
  rlimit less = before;
  less.rlim_cur = usual.bytes / 2;
  REQUIRE(::setrlimit(RLIMIT_DATA, &less) == 0);
  const MemoryLimit limited = memory_limit();
  REQUIRE(::setrlimit(RLIMIT_DATA, &before) == 0);
  CHECK(limited.bytes == usual.bytes / 2);
  CHECK(limited.by == "RLIMIT_DATA");
}
#endif
