// How much memory this process may use: what the machine has, less where a cgroup or a resource
// limit says so. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace server::process {

struct MemoryLimit {
  std::uint64_t bytes;
  std::string_view by;  ///< what sets it: "ram", "cgroup", "RLIMIT_AS" or "RLIMIT_DATA"
};

/// The lowest of all, as it is now.
MemoryLimit memory_limit();

/// That of the cgroups in `memberships`, the text of /proc/self/cgroup, and of those above them,
/// version 1 or 2; `root` is where they are mounted, /sys/fs/cgroup. The largest number where
/// nothing is limited, or cannot be read.
std::uint64_t cgroup_memory_limit(std::string_view memberships, const std::filesystem::path& root);

}  // namespace server::process
