// Marks: where the replies end that were written and have not passed yet. As many as there are
// bytes not passed, at most. On the connection's thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>

namespace faults {

class Marks {
 public:
  void add(std::uint64_t offset) {
    if (!ends_.empty() && ends_.back().offset >= offset) {
      ++ends_.back().replies;
    } else {
      ends_.push_back({offset, 1});
    }
  }
  bool empty() const noexcept { return ends_.empty(); }
  /// Of the first of them; there is one.
  std::uint64_t front() const noexcept { return ends_.front().offset; }
  void pop() noexcept {
    if (--ends_.front().replies == 0) ends_.pop_front();
  }

 private:
  struct End {
    std::uint64_t offset;
    std::uint64_t replies;  // that end there: all but the first are empty
  };
  std::deque<End> ends_;
};

}  // namespace faults
