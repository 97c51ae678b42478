#include "server/process_figures.hpp"

#include <cstdint>
#include <memory>
#include <string>

#include "server/insight/families.hpp"
#include "server/process/usage.hpp"

namespace server {

void add_process_figures(insight::Registry& registry, std::string_view version) {
  namespace families = insight::families;
  using process::Usage;
  registry.add(families::build, {{"version", std::string(version)}, {"compiler", __VERSION__}},
               [] { return std::uint64_t{1}; });
  registry.add(families::cpu_time, {},
               [] { return static_cast<std::uint64_t>(Usage::cpu_time().count()); });
  const auto usage = std::make_shared<const Usage>();
  registry.add(families::resident_memory, {}, [usage] { return usage->memory().resident; });
  registry.add(families::virtual_memory, {}, [usage] { return usage->memory().virtual_; });
  if (Usage::open_files()) {
    registry.add(families::open_files, {}, [] { return Usage::open_files().value_or(0); });
  }
  registry.add(families::max_files, {}, &Usage::max_files);
  if (const auto start = Usage::start_time()) {
    registry.add(families::start_time, {}, [start = *start] { return start; });
  }
}

}  // namespace server
