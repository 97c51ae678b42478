// A Binder: turns listeners of a configuration into sockets. It knows those that this process has
// already, so that one of ours that is in the way is told from another process's. A value; on one
// thread at a time, which may have to wait for name servers.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "server/sockets/bound_socket.hpp"
#include "streams/endpoint.hpp"

namespace server::sockets {

/// What one listener listens with.
struct Bound {
  std::vector<BoundSocket> sockets;  ///< one, or one for each address of a name
  std::vector<std::string>
      skipped;  ///< addresses of the name that this host does not have, and why
};

/// One of `skipped`, by the index of its listener in the configuration.
struct SkippedAddress {
  std::size_t listener;
  std::string what;
};

class Binder {
 public:
  /// `own_advice` is what to do where a listener of this process is in the way; static.
  explicit Binder(std::string_view own_advice) : own_advice_(own_advice) {}

  /// Takes note of a socket that listens for the listener of that name.
  void add(std::string_view listener, int fd);
  /// Resolves, binds and listens on HOST:PORT, [IPV6]:PORT or unix:/PATH, and takes note of that. A
  /// name stands for all its addresses; what of them this host does not have is skipped. Throws
  /// std::runtime_error with a text that names the address and, where it is known, what to do.
  Bound bind(const config::Listener& listener);

 private:
  struct Own {
    std::string listener;
    std::string address;
    streams::Endpoint endpoint;
    bool ipv6_only;
    std::optional<FileId> file;  ///< of a path
  };

  Bound bind_any(const config::Listener& listener) const;
  /// The listener of ours that is in the way of what could not be bound.
  std::string in_the_way(const streams::Endpoint& endpoint, bool ipv6_only) const;
  std::string in_the_way(const std::string& path) const;
  std::string text(const Own& own) const;

  std::string_view own_advice_;
  std::vector<Own> own_;
};

}  // namespace server::sockets
