#include "server/sockets/binder.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <utility>
#include <variant>

#include "config/address_clash.hpp"
#include "server/sockets/bind_error.hpp"
#include "server/sockets/look_up.hpp"
#include "server/sockets/tcp_sockets.hpp"
#include "server/sockets/unix_socket.hpp"
#include "streams/address.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/shortage.hpp"

namespace server::sockets {
namespace {

constexpr std::string_view unix_prefix = "unix:";

bool is_ipv6_only(int fd) noexcept {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, &size) == 0 && value != 0;
}

bool is_literal(const std::string& address) {
  const streams::ParsedAddress parsed = streams::parse_address(address);
  const auto* const host = std::get_if<streams::HostPort>(&parsed.address);
  return host != nullptr && streams::Endpoint::of_literal(*host).has_value();
}

std::runtime_error cannot_listen(const config::Listener& listener, const std::string& why) {
  return std::runtime_error("cannot listen on " + listener.address + ": " + why);
}

}  // namespace

void Binder::add(std::string_view listener, int fd) {
  Own own{std::string(listener), socket_address(fd), streams::Endpoint::of_socket(fd),
          is_ipv6_only(fd), std::nullopt};
  if (own.address.starts_with(unix_prefix)) {
    own.file = streams::FileId::of(own.address.substr(unix_prefix.size()));
  }
  own_.push_back(std::move(own));
}

ResolvedAddress Binder::resolve(const config::Listener& listener) try {
  const streams::ParsedAddress parsed = streams::parse_address(listener.address);
  if (!parsed) throw std::runtime_error(parsed.error);
  if (const auto* const path = std::get_if<streams::UnixPath>(&parsed.address)) return *path;
  return sockets::look_up(std::get<streams::HostPort>(parsed.address));
} catch (const std::runtime_error& error) {
  throw cannot_listen(listener, text::with_remedy(error));
}

Bound Binder::bind(const config::Listener& listener, const ResolvedAddress& address) try {
  const auto* const path = std::get_if<streams::UnixPath>(&address);
  Bound bound = path != nullptr
                    ? bind_path(listener, path->path)
                    : bind_endpoints(listener, std::get<std::vector<streams::Endpoint>>(address));
  for (const BoundSocket& socket : bound.sockets) add(listener.name, socket.fd.get());
  return bound;
} catch (const BindError& error) {
  // One address of a name has to be named.
  const bool is_named = error.endpoint && !is_literal(listener.address);
  throw cannot_listen(listener,
                      is_named ? error.endpoint->to_string() + ": " + error.text() : error.text());
} catch (const std::runtime_error& error) {
  throw cannot_listen(listener, text::with_remedy(error));
}

Bindings Binder::bind_all(std::span<const config::Listener> listeners,
                          const std::function<bool(std::size_t)>& wanted,
                          const std::function<bool()>& may_bind) {
  Bindings bindings;
  std::vector<ResolvedAddress> addresses(listeners.size());
  std::vector<std::string> errors(listeners.size());
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    if (!wanted(i)) continue;
    try {
      addresses[i] = resolve(listeners[i]);
    } catch (const std::runtime_error& error) {
      errors[i] = error.what();
    }
  }
  bindings.sockets.resize(listeners.size());
  if (!may_bind()) return bindings;
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    if (!wanted(i)) continue;
    try {
      if (!errors[i].empty()) throw std::runtime_error(errors[i]);
      Bound bound = bind(listeners[i], addresses[i]);
      bindings.sockets[i] = std::move(bound.sockets);
      for (std::string& what : bound.skipped) bindings.skipped.push_back({i, std::move(what)});
    } catch (const std::runtime_error& error) {
      bindings.errors.push_back(error.what());
    }
  }
  return bindings;
}

Bound Binder::bind_path(const config::Listener& listener, const std::string& path) const try {
  Bound bound;
  bound.sockets.push_back(
      bind_unix(path, listener.backlog, unix_access(listener.mode, listener.group)));
  return bound;
} catch (const BindError& error) {
  const std::string own = in_the_way(path);
  if (error.code().value() != EADDRINUSE || own.empty()) throw;
  throw BindError(EADDRINUSE, own);
}

Bound Binder::bind_endpoints(const config::Listener& listener,
                             std::span<const streams::Endpoint> endpoints) const {
  const bool ipv6_only = config::is_ipv6_only(listener);
  try {
    TcpSockets tcp = bind_tcp(endpoints, listener.backlog, ipv6_only, listener.tcp);
    Bound bound;
    bound.sockets = std::move(tcp.sockets);
    for (const BindError& skipped : tcp.skipped) {
      bound.skipped.push_back(skipped.endpoint->to_string() + ": " + skipped.text());
    }
    return bound;
  } catch (const BindError& error) {
    const std::string own = in_the_way(*error.endpoint, ipv6_only);
    if (error.code().value() != EADDRINUSE || own.empty()) throw;
    throw BindError(EADDRINUSE, own, error.endpoint);
  }
}

std::string Binder::in_the_way(const streams::Endpoint& endpoint, bool ipv6_only) const {
  for (const Own& own : own_) {
    if (config::endpoints_clash(endpoint, ipv6_only, own.endpoint, own.ipv6_only)) return text(own);
  }
  return {};
}

std::string Binder::in_the_way(const std::string& path) const {
  const std::optional<streams::FileId> file = streams::FileId::of(path);
  for (const Own& own : own_) {
    if (file && own.file == file) return text(own);
  }
  return {};
}

std::string Binder::text(const Own& own) const {
  return "the listener " + text::quoted(own.listener) + " of this daemon listens on " +
         own.address + "; " + std::string(own_advice_);
}

}  // namespace server::sockets
