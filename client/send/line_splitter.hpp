// LineSplitter: the lines of a text that comes in pieces. A value without I/O; its lines are views
// that live until the next piece.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace client::send {

class LineSplitter {
 public:
  /// Takes the next piece; call next() until it has nothing before the next one.
  void feed(std::string_view piece) { text_.erase(0, std::exchange(begin_, 0)).append(piece); }
  /// The next line without its LF.
  std::optional<std::string_view> next() {
    const std::size_t end = text_.find('\n', begin_);
    if (end == std::string::npos) return std::nullopt;
    const std::string_view line = std::string_view(text_).substr(begin_, end - begin_);
    begin_ = end + 1;
    return line;
  }
  /// What follows the last LF, if anything: a last line without one. To be called at the end.
  std::optional<std::string_view> rest() {
    if (pending() == 0) return std::nullopt;
    const std::string_view line = std::string_view(text_).substr(begin_);
    begin_ = text_.size();
    return line;
  }

  /// Bytes of the line that is not complete yet.
  std::size_t pending() const noexcept { return text_.size() - begin_; }

 private:
  std::string text_;
  std::size_t begin_ = 0;
};

}  // namespace client::send
