#include "client/ping/handshake.hpp"

#include <netinet/in.h>
#include <utility>
#include <variant>

#include <asio/local/stream_protocol.hpp>

#include "streams/await_asio.hpp"
#include "streams/resolve.hpp"

namespace client::ping {

streams::Task<std::error_code> Handshake::resolve() {
  if (const auto* const path = std::get_if<streams::UnixPath>(&address_)) {
    endpoint_ = asio::local::stream_protocol::endpoint(path->path);
    co_return std::error_code{};
  }
  auto resolving = streams::resolve(loop_, std::get<streams::HostPort>(address_));
  const streams::Resolved resolved = co_await std::move(resolving);
  if (resolved.ec) co_return resolved.ec;
  const streams::Endpoint& first = resolved.endpoints.front();
  endpoint_ =
      asio::generic::stream_protocol::endpoint(first.address(), first.address_size(), IPPROTO_TCP);
  co_return std::error_code{};
}

streams::Task<Shaken> Handshake::shake() {
  using Clock = std::chrono::steady_clock;
  Shaken result;
  if (!endpoint_) {
    result.ec = co_await resolve();
    if (result.ec) co_return result;
  }
  asio::generic::stream_protocol::socket socket(loop_.context());
  const auto start = Clock::now();
  result.ec = co_await socket.async_connect(*endpoint_, streams::use_task);
  result.time = Clock::now() - start;
  co_return result;
}

}  // namespace client::ping
