// What holds among all listeners of one server: no name twice, no address twice. Pure functions,
// any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace config {

/// Names each listener that has no name after its protocol, with -2, -3 and so on if that name is
/// taken.
void name_unnamed(std::vector<Listener>& listeners);

/// Equal for two addresses that cannot both be listened on, however they are spelt. Empty if the
/// kernel picks the port or `address` is none. Host names are not looked up.
std::string address_key(std::string_view address);

}  // namespace config
