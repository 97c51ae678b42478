// Headers of the PROXY protocol for the tests, byte by byte.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "streams/address.hpp"
#include "streams/endpoint.hpp"
#include "streams/proxy_header/parser.hpp"

namespace tests {

inline streams::Endpoint endpoint(std::string_view text) {
  const streams::Address address = streams::address_of(text);
  return streams::Endpoint::of_literal(std::get<streams::HostPort>(address)).value();
}

inline std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

/// A header of version 2: the 13th and 14th byte, and what follows the length.
inline std::string binary(int command, int family, std::string_view rest) {
  std::string text =
      bytes({0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A});
  text += bytes({command, family, static_cast<int>(rest.size() >> 8U),
                 static_cast<int>(rest.size() & 0xFFU)});
  return text.append(rest);
}

/// 203.0.113.7:51512 to 192.0.2.1:7008.
inline const std::string inet = bytes({203, 0, 113, 7, 192, 0, 2, 1, 0xC9, 0x38, 0x1B, 0x60});
/// [2001:db8::7]:51512 to [2001:db8::1]:7008.
inline const std::string inet6 =
    bytes({0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7,  //
           0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,  //
           0xC9, 0x38, 0x1B, 0x60});

inline std::string tlv(int type, std::string_view value) {
  return bytes({type, static_cast<int>(value.size() >> 8U), static_cast<int>(value.size() & 0xFFU)})
      .append(value);
}

/// A parser that was given all of `text`.
inline proxy_header::Parser parsed(std::string_view text) {
  proxy_header::Parser parser;
  parser.take(text);
  return parser;
}

}  // namespace tests
