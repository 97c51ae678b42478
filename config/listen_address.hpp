// Where a listener listens, as it is written: an address to bind, or the word for a socket that the
// service manager has bound already. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

namespace config {

/// In place of an address: take over the inherited socket that is called like the listener
/// (FileDescriptorName= in systemd.socket(5)).
inline constexpr std::string_view inherited_address = "systemd";

/// What is wrong with `address` and what is allowed; empty if it is right.
std::string address_error(std::string_view address);

}  // namespace config
