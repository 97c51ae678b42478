// What the configuration has to know of a protocol: a row of the table that the server hands in, so
// that nothing here names one. Constant; any thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/key.hpp"

namespace config {

struct Protocol {
  std::string_view name;
  /// Where it listens when no listener is configured; empty if it then does not.
  std::string_view address;
  /// Its own keys, of Table::option. Protocols that share one have the same row for it.
  std::span<const Key> options;
  /// The daemon's own business: it has a table of the file, called like it, and can be in no
  /// [[listener]].
  bool own = false;
  /// Whether it says where its replies end, and has commands for faults.
  bool has_replies = false;
};

using Protocols = std::span<const Protocol>;

/// Those that a listener may have, in the order of the table.
std::vector<std::string_view> names_of(Protocols protocols);

/// The row of that name; nullptr if there is none.
const Protocol* find(Protocols protocols, std::string_view name) noexcept;

/// Each one once, in the order of the table.
std::vector<const Key*> options_of(Protocols protocols);

/// The configuration without a file: every key at its default, and the listeners of the protocols
/// that have an address.
Config defaults(Protocols protocols);

/// The listeners of `defaults`, under the limits and options of `config`.
std::vector<Listener> default_listeners(Protocols protocols, const Config& config);

}  // namespace config
