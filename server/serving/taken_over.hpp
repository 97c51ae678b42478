// A TakenOver: a connection that another process has served, on its way to the worker that will go
// on with it. A value, on one thread at a time.
#pragma once

#include "server/admission/ticket.hpp"
#include "server/hand_over/record.hpp"
#include "server/serving/listener.hpp"
#include "streams/unique_fd.hpp"

namespace server::serving {

struct TakenOver {
  hand_over::Record record;  ///< its views outlive this
  streams::UniqueFd socket;  ///< closed without harm where it comes to no session
  ListenerUse listener;
  admission::Ticket ticket;
};

}  // namespace server::serving
