#include "server/process/memory_limit.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace server::process {
namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

/// The number in a file; "max", or no file, is unlimited.
std::uint64_t read_number(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  return file >> number ? number : unlimited;
}

/// The lowest of `names` in the group at `path` and in those above it, up to `mount`.
template <class Names>
std::uint64_t lowest(const std::filesystem::path& mount, const std::string& path,
                     const Names& names) {
  std::uint64_t least = unlimited;
  std::filesystem::path group = mount;
  const auto look = [&] {
    for (const std::string_view name : names) least = std::min(least, read_number(group / name));
  };
  look();
  // Seen from a namespace of its own, a group that is not below its root has no place here.
  if (path.find("/..") != std::string::npos) return least;
  for (const std::filesystem::path& part : std::filesystem::path(path).relative_path()) {
    group /= part;
    look();
  }
  return least;
}

std::uint64_t resource_limit(decltype(RLIMIT_AS) resource) noexcept {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return unlimited;
  return limit.rlim_cur;
}

}  // namespace

std::uint64_t cgroup_memory_limit(std::string_view memberships, const std::filesystem::path& root) {
  constexpr std::array<std::string_view, 1> of_version_1{"memory.limit_in_bytes"};
  // Above the second the kernel makes the processes of a group wait.
  constexpr std::array<std::string_view, 2> of_version_2{"memory.max", "memory.high"};
  std::uint64_t least = unlimited;
  std::istringstream lines{std::string(memberships)};
  for (std::string line; std::getline(lines, line);) {
    // NUMBER:CONTROLLERS:PATH, without controllers in version 2.
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string path = line.substr(second + 1);
    if (controllers == ",,") {
      least = std::min(
          {least, lowest(root, path, of_version_2), lowest(root / "unified", path, of_version_2)});
    } else if (controllers.find(",memory,") != std::string::npos) {
      least = std::min(least, lowest(root / "memory", path, of_version_1));
    }
  }
  return least;
}

MemoryLimit memory_limit() {
  const auto pages = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES)));
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::ifstream file("/proc/self/cgroup");
  std::ostringstream memberships;
  memberships << file.rdbuf();
  const std::array<MemoryLimit, 4> all{{
      {pages == 0 ? unlimited : pages * page, "ram"},
      {cgroup_memory_limit(memberships.str(), "/sys/fs/cgroup"), "cgroup"},
      {resource_limit(RLIMIT_AS), "RLIMIT_AS"},
      {resource_limit(RLIMIT_DATA), "RLIMIT_DATA"},
  }};
  return *std::ranges::min_element(all, {}, &MemoryLimit::bytes);
}

}  // namespace server::process
