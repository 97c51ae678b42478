// The keys of [tcp]: options of TCP sockets, for all listeners or for one of them.
#pragma once

#include <string>

#include "config/table_reader.hpp"
#include "streams/socket_options.hpp"

namespace config {

/// Takes them, in [tcp] or a [[listener]].
void read_tcp(TableReader& reader, streams::SocketOptions& tcp);

/// After that: an error for each that stands in a [[listener]] whose `address` is a Unix socket.
void refuse_tcp_of_path(TableReader& reader, const Schema& schema, const std::string& address);

}  // namespace config
