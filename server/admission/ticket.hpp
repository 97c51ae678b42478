// A Ticket: what a connection was admitted with. It goes from admission through the acceptor to the
// session, which looks into it no more than they do, and what it holds goes home when it dies. May
// die on any thread.
#pragma once

#include <utility>

#include "server/admission/sources.hpp"
#include "streams/semaphore.hpp"

namespace server::admission {

class [[nodiscard]] Ticket {
 public:
  /// Of nobody: admits to nothing.
  Ticket() = default;

  explicit operator bool() const noexcept { return static_cast<bool>(server_); }

 private:
  friend class Admission;
  explicit Ticket(streams::Permit server, Seat seat = {}) noexcept
      : server_(std::move(server)), seat_(std::move(seat)) {}

  streams::Permit server_;  // one of the server's places, or of those for who is refused
  Seat seat_;               // one of the listener's own, and whose it is
};

// Every session has one, idle ones too.
static_assert(sizeof(Ticket) == 2 * sizeof(void*));

}  // namespace server::admission
