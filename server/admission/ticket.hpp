// A Ticket: what a connection was admitted with. It goes from admission through the acceptor to the
// session, which looks into it no more than they do, and what it holds goes home when it dies. May
// die on any thread.
#pragma once

#include <utility>

#include "streams/semaphore.hpp"

namespace server::admission {

class [[nodiscard]] Ticket {
 public:
  /// Of nobody: admits to nothing.
  Ticket() = default;

  explicit operator bool() const noexcept { return static_cast<bool>(server_); }

 private:
  friend class Admission;
  explicit Ticket(streams::Permit server, streams::Permit listener = {}) noexcept
      : server_(std::move(server)), listener_(std::move(listener)) {}

  streams::Permit server_;    // one of the server's places, or of those for who is refused
  streams::Permit listener_;  // one of the listener's own
};

}  // namespace server::admission
