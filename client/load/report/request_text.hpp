// What a request's time consists of, and what the network had of it, in a line each. Pure
// functions, any thread.
#pragma once

#include <string>

#include "client/load/results.hpp"

namespace client::load::report {

/// Connecting, the first byte of the reply and its last, as far as they differ; else empty.
std::string request_text(const Results& results);

/// How long the server had requests, as its stamps say; empty without stamps.
std::string server_text(const Stamped& stamped);
/// Likewise, what their way took.
std::string way_text(const Stamped& stamped);

/// Round-trip times and segments sent again; empty where the kernel told of no connection.
std::string network_text(const Network& network);

}  // namespace client::load::report
