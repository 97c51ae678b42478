// Where the configuration comes from: a file, and what the command line says over it. Read at the
// start and again by every reload. A plain value; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/abandonment.hpp"
#include "config/config.hpp"
#include "config/protocol.hpp"
#include "server/replay.hpp"

namespace server {

struct ConfigSource {
  /// `table` outlives this.
  explicit ConfigSource(config::Protocols table) : protocols(table) {}

  config::Protocols protocols;
  std::string file;                           ///< TOML; empty for the defaults
  std::vector<std::string> listens;           ///< PROTOCOL=ADDRESS, in place of other listeners
  std::string admin;                          ///< an address, where the file has none for [admin]
  std::optional<config::LogLevel> log_level;  ///< in place of the file's
  bool debug = false;            ///< debug mode, with the file's threshold if it has one
  std::optional<Replay> replay;  ///< of a listener that there has to be

  struct Result {
    std::optional<config::Config> config;  ///< set if and only if there are no errors
    std::vector<std::string> errors;       ///< all of them, a line each
    bool usage = false;                    ///< they are the command line's, not the file's
    /// Names of the file's listeners that none of `listens` is for. Only where one of those takes
    /// over a socket of the service manager: then `listens` stand in a unit, and the operator who
    /// edits the file may not know of them.
    std::vector<std::string> unused;
    /// Of the daemon's own listeners that can be connected to from outside: a line each.
    std::vector<std::string> exposed;
  };
  /// Reads and checks everything; waits for the file. Throws std::system_error where the system
  /// cannot read it.
  Result read() const { return read_by(nullptr); }
  /// The same for a reload, which may be given up. What the file was may be gone by being read: a
  /// pipe, such as a shell's <(...), or a terminal is refused.
  Result read_again(config::Abandonment& abandonment) const;

 private:
  Result read_by(config::Abandonment* abandonment) const;
};

}  // namespace server
