#include "client/load/processors.hpp"

#include <fstream>
#include <sched.h>
#include <string>
#include <string_view>
#include <unistd.h>

namespace client::load {
namespace {

// The quota of a group holds for those below it, so every level up to the root that is visible
// counts.
bool has_quota(std::string group) {
  for (;;) {
    std::ifstream file("/sys/fs/cgroup" + group + "/cpu.max");
    std::string quota;
    if (file >> quota && quota != "max") return true;
    const std::size_t parent = group.rfind('/');
    if (parent == std::string::npos) return false;
    group.erase(parent);
  }
}

bool is_limited() {
  constexpr std::string_view unified = "0::";
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (line.starts_with(unified)) return has_quota(line.substr(unified.size()));
  }
  return false;
}

}  // namespace

Processors Processors::of_this_process() {
  Processors processors;
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
    processors.allowed = static_cast<std::size_t>(CPU_COUNT(&allowed));
  }
  if (const long online = ::sysconf(_SC_NPROCESSORS_ONLN); online > 0) {
    processors.online = static_cast<std::size_t>(online);
  }
  processors.limited = is_limited();
  return processors;
}

}  // namespace client::load
