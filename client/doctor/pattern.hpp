// Pattern: octets that say where in their stream they belong, so that whoever receives them can
// tell loss, repetition, reordering and corruption from one another. Pure functions and a value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace client::doctor {

/// `size` octets of the stream `seed` from `offset` on. Words of eight: two that name the stream,
/// six with the word's number.
std::string pattern(unsigned seed, std::uint64_t offset, std::size_t size);

/// Compares a stream, piece by piece, with the pattern.
class PatternCheck {
 public:
  explicit PatternCheck(unsigned seed = 0) noexcept : seed_(seed) {}

  void take(std::string_view piece);
  /// Whether all so far is as it was sent.
  bool is_right() const noexcept { return right_; }
  /// Where the first difference is, and of which kind, in words; empty where there is none.
  std::string difference() const;
  std::uint64_t taken() const noexcept { return taken_; }

 private:
  unsigned seed_;
  bool right_ = true;
  std::uint64_t taken_ = 0;
  std::uint64_t wrong_at_ = 0;
  std::string wrong_;  // a few octets from there on
};

}  // namespace client::doctor
