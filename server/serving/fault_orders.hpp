// FAULT OFF takes effect at a place of the output that may not have come yet. FaultOrders keeps the
// OFFs that wait, and behind each the faults that were asked for after it, so that what is in force
// at a byte does not depend on how far the output had come when the client asked. For one stage, on
// its thread.
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
  /// Keeps a fault for after the last of these; there is one. False if a plan's number of them are
  /// in force at `from`.
  bool add(const faults::Fault& fault, const faults::Here& from) {
    if (in_force(from).size() >= faults::Plan::max_faults) return false;
    ends_.back().behind.push_back({fault, from});
    ++size_;
    return true;
  }
  /// What is in force at a place behind the last of them; there is one.
  std::vector<std::string> show(const faults::Here& at) const {
    std::vector<std::string> texts;
    for (const faults::Fault* fault : in_force(at)) texts.push_back(to_text(*fault));
    return texts;
  }
  /// Whether so many are kept that it is time to wait before more are asked for.
  bool is_crowded() const noexcept { return size_ > faults::Plan::max_faults; }

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

  std::vector<const faults::Fault*> in_force(const faults::Here& at) const {
    std::vector<const faults::Fault*> found;
    for (const Added& one : ends_.back().behind) {
      faults::Rule rule{.fault = one.fault};
      rule.begin(one.from, 0, {});
      if (!rule.is_behind(at)) found.push_back(&one.fault);
    }
    return found;
  }

  std::deque<End> ends_;
  std::size_t size_ = 0;  // of all
};

}  // namespace server::serving
