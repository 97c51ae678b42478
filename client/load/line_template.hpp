// LineTemplate: the text of a line with places that differ from request to request: `{seq}` is the
// request's sequence on its connection, `{connection}` the connection's number, `{random:N}` N
// letters, digits, hyphens and underscores, of which the first 11 do not repeat on a connection. A
// brace that is meant is written twice. A value, pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace client::load {

class LineTemplate {
 public:
  /// Throws std::invalid_argument, which says where and what, for a place that is unknown, a brace
  /// without its other half, and a line feed or carriage return, which would end the line.
  explicit LineTemplate(std::string_view text);

  /// Writes the line for a request to `at`, where there is room for max_size() bytes, without a
  /// line end. Returns where it ends.
  char* write(char* at, std::uint64_t connection, std::uint64_t sequence,
              std::uint64_t seed) const noexcept;
  /// The longest line, in bytes.
  std::size_t max_size() const noexcept;

 private:
  enum class Kind : std::uint8_t { text, sequence, connection, random };
  struct Part {
    Kind kind;
    std::string text;      // what to write, or to take what is random from
    std::size_t size = 0;  // of what is random
  };

  static Part place(std::string_view name, std::string_view whole);

  std::vector<Part> parts_;
};

}  // namespace client::load
