// A Binder: turns listeners of a configuration into sockets. It knows those that this process has
// already, so that one of ours that is in the way is told from another process's. First come the
// look-ups, which wait for name servers, then the sockets, for which nothing is waited. A value; on
// one thread at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "server/sockets/bound_socket.hpp"
#include "streams/address.hpp"
#include "streams/endpoint.hpp"

namespace server::sockets {

/// What one listener listens with.
struct Bound {
  std::vector<BoundSocket> sockets;  ///< one, or one for each address of a name
  std::vector<std::string>
      skipped;  ///< addresses of the name that this host does not have, and why
};

/// What the listeners of a configuration listen with.
struct Bindings {
  /// One of an address that this host does not have, by the index of its listener.
  struct Skipped {
    std::size_t listener;
    std::string what;
  };
  std::vector<std::vector<BoundSocket>> sockets;  ///< of each; none of those that were not wanted
  std::vector<Skipped> skipped;
  std::vector<std::string> errors;  ///< a line for each listener that there cannot be, in order
};

/// Where a listener is to listen, looked up.
using ResolvedAddress = std::variant<streams::UnixPath, std::vector<streams::Endpoint>>;

class Binder {
 public:
  /// `own_advice` is what to do where a listener of this process is in the way; static.
  explicit Binder(std::string_view own_advice) : own_advice_(own_advice) {}

  /// Takes note of a socket that listens for the listener of that name.
  void add(std::string_view listener, int fd);
  /// What HOST:PORT, [IPV6]:PORT or unix:/PATH stands for. Waits for the name server. Throws
  /// std::runtime_error with a text that names the address.
  static ResolvedAddress resolve(const config::Listener& listener);
  /// Binds and listens there, and takes note of that. A name stands for all its addresses; what of
  /// them this host does not have is skipped. Throws std::runtime_error with a text that names the
  /// address and, where it is known, what to do.
  Bound bind(const config::Listener& listener, const ResolvedAddress& address);
  /// The same for all `listeners` that are `wanted`, by their index, and whatever becomes of the
  /// others. Asks `may_bind` between the look-ups and the sockets; there are none if it says no.
  Bindings bind_all(std::span<const config::Listener> listeners,
                    const std::function<bool(std::size_t)>& wanted,
                    const std::function<bool()>& may_bind);

 private:
  struct Own {
    std::string listener;
    std::string address;
    streams::Endpoint endpoint;
    bool ipv6_only;
    std::optional<streams::FileId> file;  ///< of a path
  };

  Bound bind_path(const config::Listener& listener, const std::string& path) const;
  Bound bind_endpoints(const config::Listener& listener,
                       std::span<const streams::Endpoint> endpoints) const;
  /// The listener of ours that is in the way of what could not be bound.
  std::string in_the_way(const streams::Endpoint& endpoint, bool ipv6_only) const;
  std::string in_the_way(const std::string& path) const;
  std::string text(const Own& own) const;

  std::string_view own_advice_;
  std::vector<Own> own_;
};

}  // namespace server::sockets
