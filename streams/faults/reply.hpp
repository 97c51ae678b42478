// Reply: what is done to the reply that is passing, and what is kept of one. A value of the
// output's Flow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "streams/faults/fault.hpp"

namespace faults {

class Reply {
 public:
  enum class Treatment : std::uint8_t { none, drop, record, hold };

  Treatment treatment() const noexcept { return treatment_; }
  /// Whether a reply is kept until the next one is over.
  bool is_kept() const noexcept { return kept_; }
  /// Whether bytes wait here, and not a copy of what has passed.
  bool holds() const noexcept {
    return !bytes_.empty() && (kept_ || treatment_ == Treatment::hold);
  }
  /// Whether something may be begun: one thing at a time.
  bool may(Treatment treatment) const noexcept {
    return treatment_ == Treatment::none && (!kept_ || treatment == Treatment::drop);
  }
  void begin(Treatment treatment, std::uint64_t number) noexcept {
    treatment_ = treatment;
    if (treatment != Treatment::drop) number_ = number;
  }
  std::size_t size() const noexcept { return bytes_.size(); }
  /// Of a reply that is recorded or held.
  std::size_t room() const noexcept { return max_reply - bytes_.size(); }
  void add(std::string_view bytes) { bytes_ += bytes; }

  /// The reply is over. With Treatment::hold it is kept from now on.
  void end() noexcept {
    kept_ = kept_ || treatment_ == Treatment::hold;
    treatment_ = Treatment::none;
  }
  /// It, or the one that is kept, is not treated any more: its bytes. The reply may go on.
  std::string give_up() noexcept {
    if (treatment_ != Treatment::drop) treatment_ = Treatment::none;
    kept_ = false;
    return std::exchange(bytes_, {});
  }
  /// The reply that is recorded, held or kept.
  std::uint64_t number() const noexcept { return number_; }

 private:
  Treatment treatment_ = Treatment::none;
  bool kept_ = false;
  std::uint64_t number_ = 0;
  std::string bytes_;
};

}  // namespace faults
