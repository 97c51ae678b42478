// What is wrong with a configuration, and where. Plain values; load() collects them.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "streams/text/escape.hpp"

namespace config {

/// A place in a file, counted from 1, columns in code points. Line 0 means the file as a whole.
struct Position {
  unsigned line = 0;
  unsigned column = 0;

  auto operator<=>(const Position&) const = default;
};

struct Error {
  std::string source;  ///< the file's name as it was given
  Position at;
  std::string what;  ///< what is wrong and what is allowed; one line without control characters

  bool operator==(const Error&) const = default;
};

/// `FILE:LINE:COLUMN: WHAT`, or `FILE: WHAT` for the file as a whole.
std::string to_string(const Error& error);

// As values are shown in messages.
using text::printable;
using text::quoted;

/// The errors of one source, in the order of their places once taken.
class ErrorList {
 public:
  explicit ErrorList(std::string_view source) : source_(printable(source)) {}

  void add(Position at, std::string_view what);
  bool empty() const noexcept { return errors_.empty(); }
  /// Sorted by place; leaves the list empty.
  std::vector<Error> take();

 private:
  std::string source_;
  std::vector<Error> errors_;
};

}  // namespace config
