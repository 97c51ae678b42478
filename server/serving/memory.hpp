// Memory: what the buffers of all workers may take together, and who hears when it is too much: the
// log, and every worker, each of which then ends its part of the sessions (relief.hpp). Pinned,
// outlives the workers. Any thread.
#pragma once

#include <cstddef>
#include <functional>

#include "server/insight/log.hpp"
#include "server/insight/registry.hpp"
#include "streams/buffer_budget.hpp"

namespace server::serving {

class Memory final : private streams::BufferBudget::Watcher {
 public:
  /// `relieve` has every worker begin its relief; any thread, allocates nothing. 0 is no limit.
  Memory(insight::Log& log, std::size_t limit, std::function<void()> relieve)
      : log_(log), relieve_(std::move(relieve)), budget_(*this) {
    set_limit(limit);
  }

  /// In bytes.
  void set_limit(std::size_t limit) noexcept {
    budget_.set_limit(limit == 0 ? streams::BufferBudget::unlimited : limit);
  }
  streams::BufferBudget& budget() noexcept { return budget_; }
  /// It outlives the registry's readers.
  void add_to(insight::Registry& registry) const;

 private:
  void exhausted() noexcept override;
  void exceeded() noexcept override { relieve_(); }
  void relieved(streams::BufferBudget::Clock::duration after) noexcept override;

  insight::Log& log_;
  const std::function<void()> relieve_;
  streams::BufferBudget budget_;
};

}  // namespace server::serving
