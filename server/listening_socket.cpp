#include "server/listening_socket.hpp"

#include <cerrno>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <variant>

#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>

namespace server {
namespace {

std::string advice(const std::error_code& ec) {
  switch (ec.value()) {
    case EADDRINUSE: return " (another process listens there: stop it or choose another port)";
    case EACCES: return " (ports below 1024 need CAP_NET_BIND_SERVICE or socket activation)";
    case EADDRNOTAVAIL: return " (no interface of this machine has that address)";
    default: return "";
  }
}

[[noreturn]] void fail(const std::error_code& ec, const std::string& address) {
  throw std::runtime_error("cannot listen on " + address + ": " + ec.message() + advice(ec));
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

}  // namespace

ListeningSocket::ListeningSocket(asio::io_context& context, const std::string& address, int backlog)
    : socket_(context.get_executor()) {
  const streams::ParsedAddress parsed = streams::parse_address(address);
  if (!parsed) throw std::runtime_error("cannot listen on " + address + ": " + parsed.error);
  try {
    if (const auto* host_port = std::get_if<streams::HostPort>(&parsed.address)) {
      open_tcp(*host_port, backlog);
    } else {
      open_unix(std::get<streams::UnixPath>(parsed.address), backlog);
    }
    socket_.non_blocking(true);
  } catch (const std::system_error& error) {
    fail(error.code(), address);
  }
}

ListeningSocket::~ListeningSocket() { close(); }

void ListeningSocket::open_tcp(const streams::HostPort& address, int backlog) {
  asio::ip::tcp::resolver resolver(socket_.get_executor());
  const auto results =
      resolver.resolve(address.host, std::to_string(address.port),
                       asio::ip::tcp::resolver::passive | asio::ip::tcp::resolver::numeric_service);
  const asio::ip::tcp::endpoint endpoint = results.begin()->endpoint();
  socket_.open(asio::generic::stream_protocol(endpoint.protocol()));
  socket_.set_option(asio::socket_base::reuse_address(true));
  // Connections inherit these from their listening socket. Urgent data stays where it stands in the
  // stream: a telnet client's synch is half a command otherwise.
  socket_.set_option(asio::ip::tcp::no_delay(true));
  socket_.set_option(asio::socket_base::out_of_band_inline(true));
  listen_on(endpoint, backlog);
}

void ListeningSocket::open_unix(const streams::UnixPath& address, int backlog) {
  remove_stale(address.path);
  const asio::local::stream_protocol::endpoint endpoint(address.path);
  socket_.open(asio::generic::stream_protocol(endpoint.protocol()));
  listen_on(endpoint, backlog);
  unix_path_ = address.path;
}

void ListeningSocket::listen_on(const asio::generic::stream_protocol::endpoint& endpoint,
                                int backlog) {
  socket_.bind(endpoint);
  socket_.listen(backlog);
}

ListeningSocket::Result ListeningSocket::accept() noexcept {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const int fd = ::accept4(socket_.native_handle(), reinterpret_cast<sockaddr*>(&from), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
  Result result;
  if (fd < 0) {
    result.error = errno;
  } else {
    result.socket = streams::UniqueFd(fd);
    result.peer = streams::Endpoint(from);
  }
  return result;
}

void ListeningSocket::Result::tell(std::string_view text) const noexcept {
  // Whether it arrives is beyond us.
  [[maybe_unused]] const auto sent =
      ::send(socket.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  ::shutdown(socket.get(), SHUT_WR);
}

void ListeningSocket::close() noexcept {
  if (!socket_.is_open()) return;
  std::error_code ignored;
  socket_.close(ignored);
  if (!unix_path_.empty()) ::unlink(unix_path_.c_str());
}

std::string ListeningSocket::address() {
  if (!unix_path_.empty()) return "unix:" + unix_path_;
  return streams::Endpoint::of_socket(socket_.native_handle()).to_string();
}

}  // namespace server
