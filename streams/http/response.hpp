// A response of HTTP/1.1 as text, for a body that is known whole (RFC 9112). Pure.
#pragma once

#include <string>
#include <string_view>

namespace http {

/// What a status is called (RFC 9110, section 15); static.
std::string_view reason_phrase(int status) noexcept;

/// Status line and fields, with the empty line at their end. `type` is the body's Content-Type,
/// `size` its bytes. With `keeps_alive` false the client is told that the connection ends.
std::string response_head(int status, std::string_view type, std::size_t size, bool keeps_alive);

}  // namespace http
