// Where listeners listen, as it is written, and that no name of one server is given twice. Pure
// functions, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace config {

/// In place of an address: take over the inherited socket that is called like the listener
/// (FileDescriptorName= in systemd.socket(5)).
inline constexpr std::string_view inherited_address = "systemd";

/// What is wrong with `address` and what is allowed; empty if it is right.
std::string address_error(std::string_view address);

/// Names each listener that has no name after its protocol, with -2, -3 and so on if that name is
/// taken.
void name_unnamed(std::vector<Listener>& listeners);

}  // namespace config
