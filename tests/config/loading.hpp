// Loading a text in a test: some protocols, one with a key of its own, and errors as the lines a
// person sees.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "config/protocol.hpp"
#include "tests/catch.hpp"

namespace config {

struct LineOptions {
  std::size_t max_line = 8192;
};

inline constexpr std::array line_options{
    size<&LineOptions::max_line>("max_line", 64, 1024 * 1024, "longest line"),
};
inline constexpr std::array<Protocol, 4> protocols{{
    {"echo", "127.0.0.1:7007", {}},
    {"line", "127.0.0.1:7008", line_options, false, true},
    {"discard", "", {}},
    {"admin", "", {}, true},
}};

/// The value of `max_line`.
inline std::int64_t max_line(const OptionValues& options) {
  return std::get<std::int64_t>(options.at("max_line"));
}

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
