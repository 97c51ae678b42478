// The commands of the line protocol with which a client asks for faults of its own connection. Each
// writes a reply and adds a fault at that place of the output: nothing here waits. Apart from the
// other commands, whose code is laid out for the hot path. On the connection's thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "server/protocols/fault_control.hpp"
#include "server/protocols/line_commands.hpp"

namespace server::protocols {

struct FaultCommand {
  std::string_view name;      ///< in capitals
  std::string_view argument;  ///< synopsis; empty takes none
  std::string_view help;
  Reply (*run)(std::string_view argument, FaultControl& control, std::string& scratch);
};

extern const std::array<FaultCommand, 6> fault_commands;

/// Of that name, in any case; nullptr for none.
const FaultCommand* find_fault_command(std::string_view name) noexcept;

/// The reply to a line, given as LineCommands::execute() has it, if it begins with one of these
/// commands. What had to be put together stands in `scratch`.
std::optional<Reply> execute_fault_command(std::string_view line, FaultControl& control,
                                           std::string& scratch);

}  // namespace server::protocols
