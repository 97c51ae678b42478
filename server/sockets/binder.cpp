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

namespace server::sockets {
namespace {

constexpr std::string_view unix_prefix = "unix:";

bool is_ipv6_only(int fd) noexcept {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, &size) == 0 && value != 0;
}

std::string with(const std::string& text, const std::string& advice) {
  return advice.empty() ? text : text + " (" + advice + ')';
}

}  // namespace

void Binder::add(std::string_view listener, int fd) {
  Own own{std::string(listener), socket_address(fd), streams::Endpoint::of_socket(fd),
          is_ipv6_only(fd), std::nullopt};
  if (own.address.starts_with(unix_prefix)) {
    own.file = FileId::of(own.address.substr(unix_prefix.size()));
  }
  own_.push_back(std::move(own));
}

Bound Binder::bind(const config::Listener& listener) try {
  Bound bound = bind_any(listener);
  for (const BoundSocket& socket : bound.sockets) add(listener.name, socket.fd.get());
  return bound;
} catch (const std::runtime_error& error) {
  const auto* const bind_error = dynamic_cast<const BindError*>(&error);
  const std::string why = bind_error != nullptr ? bind_error->text() : error.what();
  throw std::runtime_error("cannot listen on " + listener.address + ": " + why);
}

Bound Binder::bind_any(const config::Listener& listener) const {
  const streams::ParsedAddress parsed = streams::parse_address(listener.address);
  if (!parsed) throw std::runtime_error(parsed.error);
  Bound bound;
  if (const auto* const path = std::get_if<streams::UnixPath>(&parsed.address)) {
    try {
      bound.sockets.push_back(
          bind_unix(path->path, listener.backlog, unix_access(listener.mode, listener.group)));
    } catch (const BindError& error) {
      const std::string own = in_the_way(path->path);
      if (error.code().value() != EADDRINUSE || own.empty()) throw;
      throw BindError(EADDRINUSE, own);
    }
    return bound;
  }
  const auto& address = std::get<streams::HostPort>(parsed.address);
  const bool ipv6_only = config::is_ipv6_only(listener);
  try {
    TcpSockets tcp = bind_tcp(look_up(address), listener.backlog, ipv6_only);
    bound.sockets = std::move(tcp.sockets);
    for (const Skipped& skipped : tcp.skipped) {
      bound.skipped.push_back(skipped.endpoint.to_string() + ": " +
                              with(std::system_category().message(skipped.error),
                                   tcp_advice(skipped.error, skipped.endpoint)));
    }
  } catch (const EndpointError& error) {
    const int number = error.code().value();
    std::string own;
    if (number == EADDRINUSE) own = in_the_way(error.endpoint, ipv6_only);
    // One address of a name has to be named.
    const std::string endpoint = error.endpoint.to_string();
    const std::string text =
        with(error.code().message(), own.empty() ? tcp_advice(number, error.endpoint) : own);
    throw std::runtime_error(streams::Endpoint::of_literal(address) ? text
                                                                    : endpoint + ": " + text);
  }
  return bound;
}

std::string Binder::in_the_way(const streams::Endpoint& endpoint, bool ipv6_only) const {
  for (const Own& own : own_) {
    if (config::endpoints_clash(endpoint, ipv6_only, own.endpoint, own.ipv6_only)) return text(own);
  }
  return {};
}

std::string Binder::in_the_way(const std::string& path) const {
  const std::optional<FileId> file = FileId::of(path);
  for (const Own& own : own_) {
    if (file && own.file == file) return text(own);
  }
  return {};
}

std::string Binder::text(const Own& own) const {
  return "the listener \"" + own.listener + "\" of this daemon listens on " + own.address + "; " +
         std::string(own_advice_);
}

}  // namespace server::sockets
