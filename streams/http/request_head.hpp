// RequestHead: what a client asks for, read line by line as it comes (RFC 9112). Of HTTP it knows
// what a scrape or a health check needs: GET without a body. Everything else is refused by a status
// that says why. It does no I/O; what it has taken, it keeps as copies, bounded by the lines that
// it takes (fields.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace http {

class RequestHead {
 public:
  enum class State : std::uint8_t {
    incomplete,
    complete,
    refused  ///< answer status() and close: where the request ends is not known
  };

  /// The next line of the head, with its end or without.
  State take(std::string_view line);
  /// Instead of a line that was too long to be read.
  State take_overlong() { return refuse(431, "a line of the request is too long"); }
  /// Instead of lines that have not come in time.
  State take_late() { return refuse(408, "the request takes too long to come"); }
  State state() const noexcept { return state_; }

  /// Of a refused one: 400, 405, 408, 431 or 505 (RFC 9110, RFC 6585).
  int status() const noexcept { return status_; }
  /// Why, in a sentence for whoever wrote the client.
  std::string_view reason() const noexcept { return reason_; }

  /// The path asked for, without its query: "/metrics". As it came: nothing is decoded.
  const std::string& path() const noexcept { return path_; }
  /// The values of Accept, separated by commas.
  const std::string& accept() const noexcept { return accept_; }
  /// Whether another request may follow on the connection (RFC 9112, section 9.3).
  bool keeps_alive() const noexcept { return keeps_alive_; }

 private:
  State take_request_line(std::string_view line);
  State take_field(std::string_view line);
  State refuse(int status, std::string_view reason);

  State state_ = State::incomplete;
  int status_ = 0;
  std::string_view reason_;
  std::size_t empty_lines_ = 0;  // before the request
  std::size_t lines_ = 0;
  bool is_http_1_0_ = false;
  bool has_host_ = false;
  bool keeps_alive_ = true;
  std::string path_;
  std::string accept_;
};

/// Whether a client with this Accept would rather have OpenMetrics than Prometheus' own text: it
/// names application/openmetrics-text, with no less weight than text/plain. A wildcard, or nothing,
/// is no such wish (RFC 9110, section 12.5.1).
bool prefers_openmetrics(std::string_view accept) noexcept;

}  // namespace http
