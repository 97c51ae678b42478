// The --listen PROTOCOL=ADDRESS options of the command line. Pure functions, any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/protocol.hpp"

namespace config {

struct ParsedListen {
  Listener listener;
  std::string error;  ///< empty on success; else what is wrong and what is allowed

  explicit operator bool() const noexcept { return error.empty(); }
};

/// One option. The listener is named after its protocol and has the limits and options of `base`.
ParsedListen parse_listen(std::string_view text, Protocols protocols, const Config& base);

struct ParsedListens {
  std::vector<Listener> listeners;
  std::vector<std::string> errors;  ///< one for each option that is wrong; those that clash last

  explicit operator bool() const noexcept { return errors.empty(); }
};

/// All options of a command line: names are made unique, and no address may exclude another.
ParsedListens parse_listens(std::span<const std::string> texts, Protocols protocols,
                            const Config& base);

}  // namespace config
