// Pattern: a regular expression that a peer's text is held to. RE2's, so that neither a long text
// nor a malicious one takes more than time in proportion to its length. A constant; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace client::replies {

class Pattern {
 public:
  /// Throws std::invalid_argument, which says what is wrong, for an expression that is none or that
  /// would take more than 8 MiB.
  explicit Pattern(std::string expression);
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;

  /// Whether it is found in `text`, whose bytes are any.
  bool is_in(std::string_view text) const;
  /// As it was written.
  const std::string& expression() const noexcept { return expression_; }

 private:
  std::string expression_;
  std::unique_ptr<re2::RE2> compiled_;
};

}  // namespace client::replies
