#include "server/serving/memory.hpp"

#include <chrono>
#include <cstdint>

#include "server/insight/families.hpp"
#include "server/insight/listener_figures.hpp"

namespace server::serving {

void Memory::add_to(insight::Registry& registry) const {
  namespace families = insight::families;
  registry.add(families::buffer_memory, {}, [this] { return std::uint64_t{budget_.taken()}; });
  registry.add(families::buffer_memory_max, {}, [this] { return std::uint64_t{budget_.limit()}; });
  registry.add(families::memory_paused, {},
               [this] { return insight::in_microseconds(budget_.time_exhausted()); });
}

void Memory::exhausted() noexcept {
  log_.limited(
      insight::Log::Level::warning, "memory-limit-reached",
      {{"bytes", std::uint64_t{budget_.taken()}}, {"max_memory", std::uint64_t{budget_.limit()}}});
  relieve_();
}

void Memory::relieved(streams::BufferBudget::Clock::duration after) noexcept {
  log_.limited(insight::Log::Level::info, "memory-limit-left",
               {{"seconds", std::chrono::duration<double>(after).count()}});
}

}  // namespace server::serving
