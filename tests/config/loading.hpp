// Loading a text in a test: the protocols of the server, and errors as the lines a person sees.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "tests/catch.hpp"

namespace config {

inline constexpr std::array<std::string_view, 6> protocols{"echo",    "line",    "discard",
                                                           "chargen", "daytime", "time"};

/// The errors of `text`, which is called f.
inline std::vector<std::string> errors_of(std::string_view text) {
  const Loaded loaded = load_text(text, "f", protocols);
  CHECK(loaded.errors.empty() == loaded.config.has_value());
  std::vector<std::string> lines;
  for (const Error& error : loaded.errors) lines.push_back(to_string(error));
  return lines;
}

/// What `text` describes; it has no errors.
inline Config good(std::string_view text) {
  const Loaded loaded = load_text(text, "f", protocols);
  for (const Error& error : loaded.errors) UNSCOPED_INFO(to_string(error));
  REQUIRE(loaded);
  return *loaded.config;
}

/// A text and the one error it has.
struct BadText {
  std::string text;
  std::string error;
};

inline void check_each(const std::vector<BadText>& rows) {
  for (const auto& [text, error] : rows) {
    INFO(text);
    CHECK(errors_of(text) == std::vector<std::string>{error});
  }
}

}  // namespace config
