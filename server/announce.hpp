// Tells the operator that a listener listens: where, and what to type to try it.
#pragma once

#include "server/insight/log.hpp"
#include "server/serving/acceptor.hpp"

namespace server {

void announce(insight::Log& log, serving::Acceptor& acceptor);

}  // namespace server
