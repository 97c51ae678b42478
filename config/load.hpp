// A configuration file to Config, or everything that is wrong with it. Called at start, by
// --check-config, and for a reload off the event loop; keeps no state, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/abandonment.hpp"
#include "config/config.hpp"
#include "config/error.hpp"
#include "config/protocol.hpp"

namespace config {

struct Loaded {
  std::optional<Config> config;  ///< set if and only if there are no errors
  std::vector<Error> errors;     ///< all of them, by place

  explicit operator bool() const noexcept { return config.has_value(); }
};

/// Reads the TOML file at `path`, as read_file() does. `protocols` are those that a listener's
/// protocol may be; they outlive what is loaded. A file that cannot be read is one error for the
/// file as a whole. Throws std::system_error where the system is to blame for that.
Loaded load_file(const std::string& path, Protocols protocols, Abandonment* abandonment = nullptr);

/// The same for `text`; `source_name` stands for the file in errors. What the text leaves out is
/// at its default; without a listener there are the default ones, under the text's [limits]. Throws
/// std::system_error where the system cannot read a file that the text names.
Loaded load_text(std::string_view text, std::string_view source_name, Protocols protocols);

}  // namespace config
