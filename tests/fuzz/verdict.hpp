// How a fuzz target says that it has found something: on stderr, then by ending the program, which
// both libFuzzer and the replay of the corpus take as a failure.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "streams/text/escape.hpp"

namespace tests {

/// Ends the program. Called behind an `if`, because what it shows costs more than most runs.
[[noreturn]] inline void found(std::string_view what, std::string_view details = {}) {
  const std::string text = "FOUND: " + std::string(what) + "\n" + std::string(details) + "\n";
  std::fputs(text.c_str(), stderr);
  std::abort();
}

/// What a fuzz target is given.
inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace tests
