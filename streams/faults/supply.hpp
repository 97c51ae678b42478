// Supply: bytes that a Flow puts in, before it goes on: a text of its own, or generated ones. A
// value of its Flow.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "streams/faults/step.hpp"

namespace faults {

/// What is generated, over and over: printable, and no line ends.
inline constexpr std::string_view generated_text =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

class Supply {
 public:
  /// Nothing may be left of what was before.
  void put(std::string bytes) noexcept {
    text_ = std::move(bytes);
    at_ = 0;
  }
  /// `apart` from one another, one by one, unless that is 0.
  void generate(std::uint64_t size, Duration apart) noexcept {
    text_.clear();
    left_ = size;
    at_ = 0;
    every_ = apart;
  }
  void stop_generating() noexcept {
    if (left_ == 0) return;
    left_ = 0;
    at_ = 0;
  }
  /// Behind what is left of a text.
  void append(std::string_view bytes) { text_ += bytes; }
  bool empty() const noexcept { return left_ == 0 && at_ == text_.size(); }

  /// What is next.
  std::string_view piece() const noexcept {
    if (left_ == 0) return std::string_view(text_).substr(at_);
    const std::string_view rest =
        std::string_view(pattern.data(), pattern.size()).substr(at_ % generated_text.size());
    const std::size_t most = every_ == Duration{} ? rest.size() : 1;
    return rest.substr(0, std::min<std::uint64_t>(most, left_));
  }
  /// So much of it is done with. It stays where it is until more is put in.
  void take(std::size_t size) noexcept {
    at_ += size;
    if (left_ == 0) return;
    left_ -= size;
    if (left_ == 0) at_ = text_.size();
  }
  std::size_t text_left() const noexcept { return left_ == 0 ? text_.size() - at_ : 0; }
  /// How long to wait after each byte.
  Duration every() const noexcept { return left_ == 0 ? Duration{} : every_; }

 private:
  static constexpr auto pattern = [] {
    std::array<char, 4096> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = generated_text[i % 64];
    return bytes;
  }();
  static_assert(generated_text.size() == 64);

  std::string text_;
  std::size_t at_ = 0;      // of the text, or of what is generated
  std::uint64_t left_ = 0;  // to be generated
  Duration every_{};
};

}  // namespace faults
