// Tally: what one generator thread counts. The figures of the current second are swapped for empty
// ones when the main thread asks; the rest is handed over at the end. The thread's own until then,
// so that counting is plain stores.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/load/results.hpp"

namespace client::load {

struct Tally {
  static constexpr std::size_t max_mismatches = 8;

  std::unique_ptr<Figures> figures = std::make_unique<Figures>();
  measure::Histogram connect;
  measure::Histogram lag;
  std::vector<Mismatch> mismatches;
  std::array<std::string, error_kind_names.size()> error_examples;
  std::vector<std::string> notes;
  std::uint64_t unsent = 0;
  std::uint64_t active = 0;          ///< connections that are open
  Time measured_from = Time::max();  ///< what was sent or due earlier is not counted
  Time last_reply;                   ///< of those that are counted

  /// Counts what failed; `words` say more of it, if anything does.
  void fail(ErrorKind kind, std::uint64_t count, const std::string& words = {}) {
    figures->errors[kind] += count;
    std::string& example = error_examples[static_cast<std::size_t>(kind)];
    if (example.empty()) example = words;
  }
  void fail(Mismatch mismatch) {
    ++figures->errors[ErrorKind::mismatch];
    if (mismatches.size() < max_mismatches) mismatches.push_back(std::move(mismatch));
  }
};

}  // namespace client::load
