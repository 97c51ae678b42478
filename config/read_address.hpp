// What holds for an address in any table of a file, and for the access to one that is a path. Used
// while loading, on one thread.
#pragma once

#include <string>

#include "config/table_reader.hpp"

namespace config {

/// Adds an error to `reader`'s if its `address`, where it was read well, is no place to listen.
void check_address(TableReader& reader, const std::string& address);

/// The same for `mode` and `group`, which go with the path of a Unix socket. An empty address may
/// yet become one.
void check_access(TableReader& reader, const std::string& address, const std::string& mode,
                  const std::string& group);

}  // namespace config
