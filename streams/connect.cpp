#include "streams/connect.hpp"

#include <cerrno>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

#include <asio/ip/tcp.hpp>

#include "streams/await_asio.hpp"

namespace streams {
namespace {

std::error_code last_error() noexcept { return {errno, std::system_category()}; }

std::error_code bind_to(int fd, const Endpoint& source) noexcept {
  // Older kernels do without, and run out of ports earlier.
  const int on = 1;
  if (source.port() == 0) ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (::bind(fd, source.address(), source.address_size()) != 0) return last_error();
  return {};
}

/// What has become of a connect() in progress.
std::error_code progress(int fd) noexcept {
  pollfd one{fd, POLLOUT, 0};
  if (::poll(&one, 1, 0) <= 0) return std::make_error_code(std::errc::operation_in_progress);
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return last_error();
  return {error, std::system_category()};
}

}  // namespace

Connecting begin_connect(const Endpoint& peer, const ConnectOptions& options) noexcept {
  Connecting connecting;
  const int fd = ::socket(peer.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    connecting.ec = last_error();
    return connecting;
  }
  connecting.fd = UniqueFd(fd);
  connecting.ec = set_socket_options(fd, options.socket).ec;
  if (!connecting.ec && options.source) connecting.ec = bind_to(fd, *options.source);
  if (connecting.ec) return connecting;
  if (::connect(fd, peer.address(), peer.address_size()) != 0) {
    connecting.ec = errno == EINPROGRESS ? progress(fd) : last_error();
  }
  return connecting;
}

Task<Opened> finish_connect(EventLoop& loop, Connecting connecting, Endpoint peer,
                            StreamOptions options) {
  Opened opened;
  opened.ec = connecting.ec;
  if (opened.ec == std::errc::operation_in_progress) {
    const auto protocol = peer.family() == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4();
    asio::ip::tcp::socket socket(loop.context());
    // The descriptor is lent to Asio for the wait.
    socket.assign(protocol, connecting.fd.get(), opened.ec);
    if (!opened.ec) {
      opened.ec = co_await socket.async_wait(asio::socket_base::wait_write, use_task);
      std::error_code ignored;
      static_cast<void>(socket.release(ignored));
    }
    if (!opened.ec) opened.ec = progress(connecting.fd.get());
  }
  if (!opened.ec) {
    opened.connection = std::make_unique<Connection>(loop, std::move(connecting.fd), peer, options);
  }
  co_return opened;
}

}  // namespace streams
