// Tells the operator that a listener listens: where, and what to type to try it.
#pragma once

#include "server/acceptor.hpp"
#include "server/logging.hpp"

namespace server {

void announce(Log& log, Acceptor& acceptor);

}  // namespace server
