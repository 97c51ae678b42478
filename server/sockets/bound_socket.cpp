#include "server/sockets/bound_socket.hpp"

#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <variant>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>

#include "streams/address.hpp"
#include "streams/endpoint.hpp"

namespace server::sockets {
namespace {

std::string advice(const std::error_code& ec) {
  switch (ec.value()) {
    case EADDRINUSE: return " (another process listens there: stop it or choose another port)";
    case EACCES: return " (ports below 1024 need CAP_NET_BIND_SERVICE or socket activation)";
    case EADDRNOTAVAIL: return " (no interface of this machine has that address)";
    default: return "";
  }
}

void check(int result, const char* call) {
  if (result < 0) throw std::system_error(errno, std::system_category(), call);
}

// A path may be taken over when it is a socket that nobody answers on.
void remove_stale(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
  asio::io_context context;
  asio::local::stream_protocol::socket probe(context);
  std::error_code ec;
  probe.connect(asio::local::stream_protocol::endpoint(path), ec);
  if (ec.value() == ECONNREFUSED) ::unlink(path.c_str());
}

streams::UniqueFd open_socket(int family) {
  streams::UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  check(fd.get(), "socket");
  return fd;
}

void turn_on(int fd, int level, int option) {
  const int on = 1;
  check(::setsockopt(fd, level, option, &on, sizeof on), "setsockopt");
}

// Connections inherit these from their listening socket. Urgent data stays where it stands in the
// stream: a telnet client's synch is half a command otherwise.
void prepare_for_connections(int fd) {
  turn_on(fd, IPPROTO_TCP, TCP_NODELAY);
  turn_on(fd, SOL_SOCKET, SO_OOBINLINE);
}

template <class Endpoint>
void listen_on(int fd, const Endpoint& endpoint, int backlog) {
  check(::bind(fd, endpoint.data(), static_cast<socklen_t>(endpoint.size())), "bind");
  check(::listen(fd, backlog), "listen");
}

BoundSocket bind_tcp(const streams::HostPort& address, int backlog) {
  asio::io_context context;
  asio::ip::tcp::resolver resolver(context);
  const auto results =
      resolver.resolve(address.host, std::to_string(address.port),
                       asio::ip::tcp::resolver::passive | asio::ip::tcp::resolver::numeric_service);
  const asio::ip::tcp::endpoint endpoint = results.begin()->endpoint();
  BoundSocket socket;
  socket.fd = open_socket(endpoint.protocol().family());
  turn_on(socket.fd.get(), SOL_SOCKET, SO_REUSEADDR);
  prepare_for_connections(socket.fd.get());
  listen_on(socket.fd.get(), endpoint, backlog);
  return socket;
}

BoundSocket bind_unix(const std::string& path, int backlog) {
  remove_stale(path);
  BoundSocket socket;
  socket.fd = open_socket(AF_UNIX);
  listen_on(socket.fd.get(), asio::local::stream_protocol::endpoint(path), backlog);
  socket.path = OwnedPath(path);
  return socket;
}

}  // namespace

void OwnedPath::remove() noexcept {
  if (!path_.empty()) ::unlink(path_.c_str());
  path_.clear();
}

BoundSocket bind_socket(const std::string& address, int backlog) {
  const streams::ParsedAddress parsed = streams::parse_address(address);
  if (!parsed) throw std::runtime_error("cannot listen on " + address + ": " + parsed.error);
  try {
    if (const auto* host_port = std::get_if<streams::HostPort>(&parsed.address)) {
      return bind_tcp(*host_port, backlog);
    }
    return bind_unix(std::get<streams::UnixPath>(parsed.address).path, backlog);
  } catch (const std::system_error& error) {
    throw std::runtime_error("cannot listen on " + address + ": " + error.code().message() +
                             advice(error.code()));
  }
}

BoundSocket adopt_socket(streams::UniqueFd fd) {
  check(::fcntl(fd.get(), F_SETFD, FD_CLOEXEC), "fcntl");
  check(::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK), "fcntl");
  if (streams::Endpoint::of_socket(fd.get()).family() != AF_UNIX) prepare_for_connections(fd.get());
  BoundSocket socket;
  socket.fd = std::move(fd);
  socket.inherited = true;
  return socket;
}

std::string socket_address(int fd) {
  sockaddr_un address{};
  socklen_t size = sizeof address;
  const bool is_unix = ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
                       address.sun_family == AF_UNIX;
  if (!is_unix) return streams::Endpoint::of_socket(fd).to_string();
  const auto length = size - offsetof(sockaddr_un, sun_path);
  if (length == 0 || address.sun_path[0] != '\0') return std::string("unix:") + address.sun_path;
  return "unix:@" + std::string(address.sun_path + 1, length - 1);
}

}  // namespace server::sockets
