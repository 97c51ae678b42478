// Socket activation, sd_listen_fds(3): listening sockets that the service manager has opened and
// passes on, each with a name. A listener whose address is "systemd" takes the one that is called
// like it. The two sides must match exactly: a socket that nobody accepts from would leave its
// clients waiting for ever. Used while starting, before there are other threads.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "streams/unique_fd.hpp"

namespace server::process {

/// What the service manager passed on does not fit the configuration. The text names both sides and
/// says what to do; trying again is no use.
struct ActivationError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// How the listeners that expect a socket and the names of those passed on differ, with both lists
/// and the remedy; empty if they match. Pure.
std::string activation_mismatch(std::span<const config::Listener> listeners,
                                std::span<const std::string> names);

class InheritedSockets {
 public:
  /// Those of LISTEN_FDS and LISTEN_FDNAMES if LISTEN_PID is this process. The variables are
  /// removed: they are meant for nobody else. Throws ActivationError for a descriptor that is not a
  /// listening stream socket.
  InheritedSockets();

  /// As many as there were passed on, in their order.
  const std::vector<std::string>& names() const noexcept { return names_; }
  /// The socket of that name, which is there and has not been taken.
  streams::UniqueFd take(std::string_view name);

 private:
  std::vector<std::string> names_;
  std::vector<streams::UniqueFd> sockets_;
};

}  // namespace server::process
