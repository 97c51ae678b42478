// ResponseHead: the head of a response, read line by line as it comes, for a client that has sent a
// GET. It does no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace http {

class ResponseHead {
 public:
  enum class State : std::uint8_t { incomplete, complete, malformed };

  /// The next line, with its end or without.
  State take(std::string_view line);

  int status() const noexcept { return status_; }
  /// Bytes of the body; nothing where it ends with the connection.
  std::optional<std::uint64_t> body_size() const noexcept { return body_size_; }
  const std::string& type() const noexcept { return type_; }
  /// Whether another request may be sent on the connection.
  bool keeps_alive() const noexcept { return keeps_alive_ && body_size_.has_value(); }

 private:
  State take_status_line(std::string_view line);
  State take_field(std::string_view line);

  State state_ = State::incomplete;
  std::size_t lines_ = 0;
  int status_ = 0;
  std::optional<std::uint64_t> body_size_;
  std::string type_;
  bool keeps_alive_ = true;
};

}  // namespace http
