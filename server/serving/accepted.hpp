// An Accepted: a connection on its way from the acceptor to the worker that will serve it. A value,
// on one thread at a time.
#pragma once

#include <cstdint>
#include <optional>

#include "server/admission/ticket.hpp"
#include "server/serving/listener.hpp"
#include "streams/accepted_socket.hpp"
#include "streams/endpoint.hpp"
#include "streams/faults/identity.hpp"

namespace server::serving {

class Acceptor;

struct Accepted {
  std::uint64_t id;                ///< unique while the server runs; appears in logs
  streams::AcceptedSocket socket;  ///< reset if it comes to no session
  streams::Endpoint peer;
  ListenerUse listener;
  admission::Ticket ticket;
  bool refused;  ///< there was no place: say so and close
  /// Asked again where a proxy names its client; outlives the session. nullptr is not asked.
  Acceptor* acceptor = nullptr;
  /// Of one that the listener's faults are for.
  std::optional<faults::Identity> faulty = {};
};

}  // namespace server::serving
