#include "client/doctor/pattern.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <endian.h>
#include <optional>

#include "streams/text/escape.hpp"

namespace client::doctor {
namespace {

constexpr std::size_t word_size = 8;
constexpr std::size_t kept = 32;  // has a whole word in it, wherever it begins

std::array<unsigned char, 2> tag(unsigned seed) {
  return {static_cast<unsigned char>(0xA5U ^ seed), static_cast<unsigned char>(0x5BU + seed)};
}

/// Where in the stream the first whole word of `octets` belongs, less its place among them.
std::optional<std::int64_t> position(unsigned seed, std::string_view octets) {
  const auto [first, second] = tag(seed);
  for (std::size_t i = 0; i + word_size <= octets.size(); ++i) {
    const auto byte = [&octets, i](std::size_t at) {
      return static_cast<unsigned char>(octets[i + at]);
    };
    if (byte(0) != first || byte(1) != second) continue;
    std::uint64_t word = 0;
    for (std::size_t at = 2; at < word_size; ++at) word = word << 8U | byte(at);
    return static_cast<std::int64_t>(word * word_size) - static_cast<std::int64_t>(i);
  }
  return std::nullopt;
}

}  // namespace

// In whole words: much of it is made, and compared.
std::string pattern(unsigned seed, std::uint64_t offset, std::size_t size) {
  const std::size_t skipped = offset % word_size;
  std::string octets(skipped + size + word_size, '\0');
  const auto [first, second] = tag(seed);
  const std::uint64_t head = std::uint64_t{first} << 56U | std::uint64_t{second} << 48U;
  std::uint64_t number = offset / word_size;
  for (std::size_t at = 0; at < skipped + size; at += word_size, ++number) {
    const std::uint64_t word = htobe64(head | number);
    std::memcpy(octets.data() + at, &word, word_size);
  }
  octets.resize(skipped + size);
  octets.erase(0, skipped);
  return octets;
}

void PatternCheck::take(std::string_view piece) {
  if (right_) {
    const std::string wanted = pattern(seed_, taken_, piece.size());
    right_ = piece == wanted;
    if (!right_) {
      const auto [got, other] = std::mismatch(piece.begin(), piece.end(), wanted.begin());
      const auto at = static_cast<std::size_t>(got - piece.begin());
      wrong_at_ = taken_ + at;
      wrong_ = piece.substr(at, kept);
    }
  } else if (wrong_.size() < kept) {
    wrong_ += piece.substr(0, kept - wrong_.size());
  }
  taken_ += piece.size();
}

std::string PatternCheck::difference() const {
  if (right_) return {};
  const std::string where = "at octet " + std::to_string(wrong_at_);
  const auto found = position(seed_, wrong_);
  const auto wanted = static_cast<std::int64_t>(wrong_at_);
  if (found && *found > wanted) {
    return where + " stands what belongs to octet " + std::to_string(*found) + ": " +
           std::to_string(*found - wanted) + " octets are lost, or come later";
  }
  if (found && *found < wanted) {
    return where + " stands what belongs to octet " + std::to_string(*found) +
           ": it comes a second time, or late";
  }
  return where + " stands \"" + text::escaped(std::string_view(wrong_).substr(0, word_size)) +
         "\", not \"" + text::escaped(pattern(seed_, wrong_at_, word_size)) + "\"";
}

}  // namespace client::doctor
