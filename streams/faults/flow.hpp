// A Flow: one stream of a connection on its way through the faults that are placed on it. The pump
// of the stream asks it what to do with the bytes that came, as script.hpp says; it belongs to a
// Script.
#pragma once

#include <cstdint>
#include <string_view>

#include "streams/faults/fault.hpp"
#include "streams/faults/step.hpp"

namespace faults {

class Flow {
 public:
  Flow(const Flow&) = delete;
  Flow& operator=(const Flow&) = delete;

  Step next(std::string_view available, bool at_end, Time now);

  /// Bytes taken so far.
  std::uint64_t position() const noexcept { return position_; }
  /// Lines, or on the output replies, that are over.
  std::uint64_t lines() const noexcept { return lines_; }

 private:
  friend class Script;
  explicit Flow(Direction direction) noexcept : direction_(direction) {}

  Direction direction_;
  std::uint64_t position_ = 0;
  std::uint64_t lines_ = 0;
};

}  // namespace faults
