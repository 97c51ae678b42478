// Targets: where to connect, in the words that a person types. Pure functions, any thread; they
// look nothing up.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "streams/address.hpp"
#include "streams/text/units.hpp"

namespace client::command_line {

/// Where to connect.
struct Target {
  streams::Address address;
  std::string name;  ///< HOST:PORT, [IPV6]:PORT or unix:/PATH, whichever way it was written
};

/// How a target may be written, for messages.
inline constexpr const char* target_forms =
    "HOST:PORT, HOST PORT, :PORT, [IPV6]:PORT or unix:/PATH";

/// Takes one target off the front of `words`, of which there is one at least. It is a word,
/// `HOST:PORT`, `[IPV6]:PORT`, `:PORT` for localhost's or `unix:/PATH`, those of TCP also behind
/// `tcp://`; or two, a host and its port, `HOST PORT` or `IPV6 PORT`: a word that is only digits is
/// the port of the one before if that has none. The error says which word is wrong, why, and what
/// to write; how many words were taken is then unspecified.
text::Parsed<Target> take_target(std::span<const std::string>& words);

/// All of `words` as targets, or the first error.
text::Parsed<std::vector<Target>> parse_targets(std::span<const std::string> words);

}  // namespace client::command_line
