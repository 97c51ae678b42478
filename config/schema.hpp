// The Schema: which keys may stand in which table of a file, those of the protocols among them.
// Made for one reading or printing; the table of protocols outlives it. Any thread.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "config/key.hpp"
#include "config/protocol.hpp"

namespace config {

class Schema {
 public:
  /// The tables that may stand at the top level.
  static constexpr std::array<std::string_view, 7> tables{"limits", "access",  "tcp",     "log",
                                                          "admin",  "metrics", "listener"};

  explicit Schema(Protocols protocols);

  Protocols protocols() const noexcept { return protocols_; }
  /// The keys of a place itself, in the order in which they are documented.
  std::vector<const Key*> of(Table table) const;
  /// The keys that may stand in the table of a place: a listener's also has those of limits,
  /// options, access and tcp.
  std::vector<const Key*> allowed(Table table) const;
  /// Where `name` is right, as in "in [limits]"; empty if nowhere.
  std::string_view home_of(std::string_view name) const;

 private:
  Protocols protocols_;
  std::vector<const Key*> rows_;
};

}  // namespace config
