#include "client/replies/text_reply.hpp"

#include <algorithm>

#include "client/replies/pattern.hpp"

namespace client::replies {

std::size_t TextReply::take(const ReplyRule& rule, std::string_view data) {
  if (complete_) reset();
  const std::size_t feed = data.find('\n');
  const bool ends = feed != std::string_view::npos;
  const std::size_t used = ends ? feed + 1 : data.size();
  parser_.take(data.substr(0, used));
  const std::string_view piece = data.substr(0, ends ? feed : used);
  const std::size_t kept = std::min(piece.size(), max_size - text_.size());
  text_ += piece.substr(0, kept);
  if (kept < piece.size() && rule.text != nullptr) too_long_ = true;
  if (ends) end_line(rule);
  return used;
}

void TextReply::end_line(const ReplyRule& rule) {
  if (text_.size() > line_begin_ && text_.back() == '\r') text_.pop_back();
  const std::string_view line = std::string_view(text_).substr(line_begin_);
  complete_ = rule.last != nullptr ? rule.last->is_in(line) : parser_.is_complete();
  if (complete_) return;
  // Of lines that nothing looks at any more the first one's beginning is kept, which says what it
  // is.
  if (rule.text == nullptr) {
    text_.resize(line_begin_ != 0 ? line_begin_ - 1 : std::min(text_.size(), max_beginning));
  }
  if (text_.size() < max_size) text_ += '\n';
  line_begin_ = text_.size();
}

bool TextReply::is_right(const ReplyRule& rule) const {
  if (rule.text == nullptr) return !text_.starts_with('-');
  return !too_long_ && rule.text->is_in(text_);
}

void TextReply::reset() noexcept {
  text_.clear();
  line_begin_ = 0;
  parser_ = {};
  complete_ = too_long_ = false;
}

}  // namespace client::replies
