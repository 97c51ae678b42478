#include "client/load/processors.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <optional>
#include <sched.h>
#include <sstream>
#include <string_view>
#include <unistd.h>

namespace client::load {
namespace {

/// Our control group, as a path from the root of the hierarchy; empty without cgroup v2.
std::optional<std::string> own_group() {
  constexpr std::string_view unified = "0::";
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (line.starts_with(unified)) return line.substr(unified.size());
  }
  return std::nullopt;
}

// The quota of a group holds for those below it, so every level up to the root that is visible
// counts. `look` gets the folder of each until it says that it has seen enough.
template <class Look>
void climb(Look look) {
  std::optional<std::string> group = own_group();
  while (group && !look("/sys/fs/cgroup" + *group)) {
    const std::size_t parent = group->rfind('/');
    if (parent == std::string::npos) return;
    group->erase(parent);
  }
}

bool is_limited() {
  bool limited = false;
  climb([&limited](const std::string& folder) {
    std::ifstream file(folder + "/cpu.max");
    std::string quota;
    limited = file >> quota && quota != "max";
    return limited;
  });
  return limited;
}

std::chrono::microseconds throttled_so_far() {
  std::chrono::microseconds most{0};
  climb([&most](const std::string& folder) {
    std::ifstream file(folder + "/cpu.stat");
    std::string name;
    std::chrono::microseconds::rep value = 0;
    while (file >> name >> value) {
      if (name == "throttled_usec") most = std::max(most, std::chrono::microseconds{value});
    }
    return false;
  });
  return most;
}

std::vector<int> numbers_in(const cpu_set_t& set) {
  std::vector<int> numbers;
  for (std::size_t number = 0; number < CPU_SETSIZE; ++number) {
    if (CPU_ISSET(number, &set)) numbers.push_back(static_cast<int>(number));
  }
  return numbers;
}

/// A line of /proc/stat, behind its name, in ticks: user, nice, system, idle, iowait, irq,
/// softirq, steal. The time of guests is in the first two.
void add_line(ProcessorTimes& times, std::istream& line) {
  const auto tick = std::chrono::nanoseconds{1'000'000'000} / ::sysconf(_SC_CLK_TCK);
  std::array<std::int64_t, 8> ticks{};
  for (std::int64_t& value : ticks) line >> value;
  const auto [user, nice, system, idle, iowait, irq, softirq, steal] = ticks;
  times.busy += (user + nice + system + irq + softirq) * tick;
  times.idle += (idle + iowait) * tick;
  times.stolen += steal * tick;
}

}  // namespace

Processors Processors::of_this_process() {
  Processors processors;
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
    processors.numbers = numbers_in(allowed);
    processors.allowed = processors.numbers.size();
  }
  if (const long online = ::sysconf(_SC_NPROCESSORS_ONLN); online > 0) {
    processors.online = static_cast<std::size_t>(online);
  }
  processors.limited = is_limited();
  return processors;
}

std::vector<int> Processors::of_process(int pid) {
  cpu_set_t allowed;
  return ::sched_getaffinity(pid, sizeof allowed, &allowed) == 0 ? numbers_in(allowed)
                                                                 : std::vector<int>{};
}

ProcessorTimes ProcessorTimes::so_far(const std::vector<int>& numbers) {
  ProcessorTimes times;
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    for (const int number : numbers) {
      if (name == "cpu" + std::to_string(number)) add_line(times, words);
    }
  }
  times.throttled = throttled_so_far();
  return times;
}

std::string list_of(const std::vector<int>& numbers) {
  std::string list;
  for (std::size_t first = 0; first < numbers.size();) {
    std::size_t last = first;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    if (!list.empty()) list += ',';
    list += std::to_string(numbers[first]);
    if (last != first) list += '-' + std::to_string(numbers[last]);
    first = last + 1;
  }
  return list;
}

}  // namespace client::load
