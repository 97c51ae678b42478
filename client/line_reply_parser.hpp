// LineReplyParser: finds the end of a reply of the line protocol whose text is not known: `+text`,
// or `*N` and N more lines, or `-text`, which is an error. A line of any other kind is a reply too.
// Bytes in, in pieces of any size; keeps of them the beginning of the first line. A value.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace client {

class LineReplyParser {
 public:
  /// Takes what belongs to the reply, 1 byte or more of `data`; then see is_complete().
  std::size_t take(std::string_view data) noexcept {
    if (complete_) *this = {};
    const std::size_t feed = data.find('\n');
    const std::size_t used = feed == std::string_view::npos ? data.size() : feed + 1;
    if (!counting_) {
      const std::size_t kept = std::min(used, first_.size() - size_);
      std::memcpy(first_.data() + size_, data.data(), kept);
      size_ += static_cast<std::uint8_t>(kept);
    }
    if (feed != std::string_view::npos) end_line();
    return used;
  }
  bool is_complete() const noexcept { return complete_; }
  bool is_error() const noexcept { return size_ > 0 && first_[0] == '-'; }
  /// The first line, as far as it was kept.
  std::string_view text() const noexcept {
    const std::string_view all(first_.data(), size_);
    return all.substr(0, all.find_first_of("\r\n"));
  }

 private:
  void end_line() noexcept {
    if (!counting_) {
      counting_ = true;
      const std::string_view line = text();
      if (line.starts_with('*')) {
        // A line that only begins like an array's is a reply of one line.
        const char* const end = line.data() + line.size();
        if (std::from_chars(line.data() + 1, end, lines_left_).ptr != end) lines_left_ = 0;
      }
    } else {
      --lines_left_;
    }
    complete_ = lines_left_ == 0;
  }

  std::array<char, 38> first_{};
  std::uint8_t size_ = 0;
  bool counting_ = false;  // the first line is over
  std::uint32_t lines_left_ = 0;
  bool complete_ = false;
};

}  // namespace client
