#include "client/replies/pattern.hpp"

#include <re2/re2.h>
#include <stdexcept>
#include <utility>

#include "streams/text/escape.hpp"

namespace client::replies {

Pattern::Pattern(std::string expression) : expression_(std::move(expression)) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  // Bytes that are no UTF-8 are matched as well.
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  compiled_ = std::make_unique<re2::RE2>(expression_, options);
  if (expression_.empty()) throw std::invalid_argument("an empty expression matches anything");
  if (!compiled_->ok()) {
    throw std::invalid_argument(text::quoted(expression_) + ": " + compiled_->error());
  }
}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

bool Pattern::is_in(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

}  // namespace client::replies
