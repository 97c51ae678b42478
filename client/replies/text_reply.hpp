// TextReply: a reply that is judged by its text and not by its bytes. Finds its end, and keeps of
// it what is looked at. Bytes in, in pieces of any size; memory is bounded. A value without I/O.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "client/line_reply_parser.hpp"

namespace client::replies {

class Pattern;

/// How a reply is told whose bytes are not known in advance.
struct ReplyRule {
  const Pattern* last = nullptr;  ///< in its last line; without it, one line, or as *3 says
  const Pattern* text = nullptr;  ///< in its lines; without it, anything but an error (-...)
  bool any_line_end = false;      ///< of known bytes: they may end with LF where CR LF is expected

  bool has_patterns() const noexcept { return last != nullptr || text != nullptr; }
};

class TextReply {
 public:
  static constexpr std::size_t max_size = 64 * 1024;  ///< bytes that are kept
  static constexpr std::size_t max_beginning = 100;   ///< of a first line that no pattern looks at

  /// Takes what belongs to the reply that `rule` tells, 1 byte or more of `data`; then see
  /// is_complete(). After a complete one the next begins.
  std::size_t take(const ReplyRule& rule, std::string_view data);
  bool is_complete() const noexcept { return complete_; }
  /// More came than is kept, and the rule has to see all of it: it does not match.
  bool is_too_long() const noexcept { return too_long_; }
  bool is_right(const ReplyRule& rule) const;
  /// Its lines with a line feed between them, as far as they were kept.
  std::string_view text() const noexcept { return text_; }
  /// Forgets what has come of a reply.
  void reset() noexcept;

 private:
  void end_line(const ReplyRule& rule);

  std::string text_;
  std::size_t line_begin_ = 0;
  LineReplyParser parser_;
  bool complete_ = false;
  bool too_long_ = false;
};

}  // namespace client::replies
