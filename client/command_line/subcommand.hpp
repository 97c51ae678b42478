// Subcommand: one of echoline's, as main.cpp sees it. Each stands in a file of its own, named after
// it, which defines its options and turns them into the plain values that its work takes.
#pragma once

#include <memory>

namespace CLI {
class App;
}

namespace client::command_line {

/// A subcommand that the command line may choose, with what its options were set to.
class Subcommand {
 public:
  Subcommand() = default;
  Subcommand(const Subcommand&) = delete;
  Subcommand& operator=(const Subcommand&) = delete;
  virtual ~Subcommand() = default;

  /// Called once, when it was chosen. The exit code; throws std::exception for what cannot be set
  /// up.
  virtual int run() = 0;
};

struct SubcommandEntry {
  const char* name;
  const char* purpose;   ///< one line of the top-level help
  const char* examples;  ///< lines; they stand first in both helps
  /// Adds the options to `app`. Parsing writes to the result, which lives longer.
  std::unique_ptr<Subcommand> (*define)(CLI::App& app);
};

extern const SubcommandEntry ask_command;
extern const SubcommandEntry connect_command;
extern const SubcommandEntry doctor_command;
extern const SubcommandEntry load_command;
extern const SubcommandEntry ping_command;
extern const SubcommandEntry send_command;
extern const SubcommandEntry top_command;

}  // namespace client::command_line
