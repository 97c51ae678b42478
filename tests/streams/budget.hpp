// A BufferBudget, and what its watcher hears.
#pragma once

#include <algorithm>
#include <cstddef>

#include "streams/buffer_budget.hpp"

namespace tests {

struct Budget final : streams::BufferBudget::Watcher {
  explicit Budget(std::size_t limit = streams::BufferBudget::unlimited) : budget(*this, limit) {}

  void exhausted() noexcept override { ++exhaustions; }
  void exceeded() noexcept override { ++excesses; }
  void relieved(streams::BufferBudget::Clock::duration after) noexcept override {
    ++reliefs;
    longest = std::max(longest, after);
  }

  int exhaustions = 0;
  int excesses = 0;
  int reliefs = 0;
  streams::BufferBudget::Clock::duration longest{};
  streams::BufferBudget budget;
};

}  // namespace tests
