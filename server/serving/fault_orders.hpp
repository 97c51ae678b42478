// FaultOrders: what a client has asked for of its own faults behind an end of them all, FAULT OFF,
// that has not come to its place in the output yet. In the order in which it was asked for, so that
// it does not matter how far the output had come by then. For one stage, on its thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "streams/faults/grammar.hpp"
#include "streams/faults/plan.hpp"
#include "streams/faults/script.hpp"

namespace server::serving {

class FaultOrders {
 public:
  struct Added {
    faults::Fault fault;
    faults::Here from;
  };

  bool empty() const noexcept { return ends_.empty(); }

  /// All faults end there, as a byte of the output.
  void clear_at(std::uint64_t offset) {
    // Nothing has begun since the last.
    if (!ends_.empty() && ends_.back().behind.empty()) return;
    ends_.push_back({offset, {}});
  }
  /// Keeps a fault for after that. False where there is nothing to wait for, or too many are kept.
  bool add(const faults::Fault& fault, const faults::Here& from) {
    if (ends_.empty() || size_ == faults::Plan::max_faults) return false;
    ends_.back().behind.push_back({fault, from});
    ++size_;
    return true;
  }
  /// What is in force once all is done; there is something.
  std::vector<std::string> show() const {
    std::vector<std::string> texts;
    for (const Added& one : ends_.back().behind) texts.push_back(to_text(one.fault));
    return texts;
  }

  /// How many bytes come before the next end, of an output that has come to `offset`.
  std::size_t left_before(std::uint64_t offset) const noexcept {
    return ends_.empty() ? std::numeric_limits<std::size_t>::max() : ends_.front().at - offset;
  }
  /// Whether the next end has come: the output has, or it waits for ever.
  bool is_due(std::uint64_t offset, bool waits_for_ever) const noexcept {
    return !ends_.empty() && (waits_for_ever || offset == ends_.front().at);
  }
  /// It has: what was asked for behind it.
  std::vector<Added> take() {
    std::vector<Added> behind = std::move(ends_.front().behind);
    ends_.pop_front();
    size_ -= behind.size();
    return behind;
  }

 private:
  struct End {
    std::uint64_t at;
    std::vector<Added> behind;
  };
  std::deque<End> ends_;
  std::size_t size_ = 0;  // of all
};

}  // namespace server::serving
