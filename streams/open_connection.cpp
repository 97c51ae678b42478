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

Task<Opened> open_tcp(EventLoop& loop, const HostPort& address, StreamOptions options) {
  Resolved resolved = co_await resolve(loop, address);
  if (resolved.ec) {
    Opened opened;
    opened.ec = resolved.ec;
    co_return opened;
  }
  auto connecting = connect_to_first(loop, std::move(resolved.endpoints), options);
  co_return co_await std::move(connecting);
}

Task<Opened> open_unix(EventLoop& loop, const UnixPath& address, StreamOptions options) {
  Opened opened;
  if (address.path.size() >= sizeof(sockaddr_un::sun_path)) {
    opened.ec = std::make_error_code(std::errc::filename_too_long);
    co_return opened;
  }
  asio::local::stream_protocol::socket socket(loop.context());
  opened.ec =
      co_await socket.async_connect(asio::local::stream_protocol::endpoint(address.path), use_task);
  if (!opened.ec) opened = adopt(loop, socket, options);
  co_return opened;
}

}  // namespace

Task<Opened> open_connection(EventLoop& loop, const Address& address, StreamOptions options) {
  if (const auto* host_port = std::get_if<HostPort>(&address)) {
    co_return co_await open_tcp(loop, *host_port, options);
  }
  co_return co_await open_unix(loop, std::get<UnixPath>(address), options);
}

}  // namespace streams
