#include "streams/open_connection.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <utility>
#include <variant>

#include <asio/local/stream_protocol.hpp>

#include "streams/await_asio.hpp"
#include "streams/happy_eyeballs.hpp"
#include "streams/resolve.hpp"

namespace streams {
namespace {

Opened adopt(EventLoop& loop, asio::local::stream_protocol::socket& socket,
             const StreamOptions& options) {
  Opened opened;
  socket.non_blocking(true, opened.ec);
  if (opened.ec) return opened;
  // From here on the descriptor belongs to our own readiness set.
  UniqueFd fd(socket.release(opened.ec));
  if (opened.ec) return opened;
  const Endpoint peer = Endpoint::of_peer(fd.get());
  opened.connection = std::make_unique<Connection>(loop, std::move(fd), peer, options);
  return opened;
}

Task<Opened> open_tcp(EventLoop& loop, HostPort address, StreamOptions options,
                      SocketOptions socket) {
  auto resolving = resolve(loop, std::move(address));
  Resolved resolved = co_await std::move(resolving);
  if (resolved.ec) {
    Opened opened;
    opened.ec = resolved.ec;
    co_return opened;
  }
  auto connecting =
      connect_to_first(loop, std::move(resolved.endpoints), options, std::move(socket));
  co_return co_await std::move(connecting);
}

Task<Opened> open_unix(EventLoop& loop, UnixPath address, StreamOptions options) {
  Opened opened;
  if (address.path.size() >= sizeof(sockaddr_un::sun_path)) {
    opened.ec = std::make_error_code(std::errc::filename_too_long);
    co_return opened;
  }
  asio::local::stream_protocol::socket socket(loop.context());
  const auto begun = std::chrono::steady_clock::now();
  opened.ec =
      co_await socket.async_connect(asio::local::stream_protocol::endpoint(address.path), use_task);
  const auto handshake = std::chrono::steady_clock::now() - begun;
  if (!opened.ec) opened = adopt(loop, socket, options);
  opened.handshake = handshake;
  co_return opened;
}

}  // namespace

Task<Opened> open_connection(EventLoop& loop, Address address, StreamOptions options,
                             SocketOptions socket) {
  auto opening =
      std::holds_alternative<HostPort>(address)
          ? open_tcp(loop, std::get<HostPort>(std::move(address)), options, std::move(socket))
          : open_unix(loop, std::get<UnixPath>(std::move(address)), options);
  co_return co_await std::move(opening);
}

}  // namespace streams
