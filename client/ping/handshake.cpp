#include "client/ping/handshake.hpp"

#include <string>
#include <variant>

#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>

#include "streams/await_asio.hpp"

namespace client::ping {

streams::Task<std::error_code> Handshake::resolve() {
  if (const auto* const path = std::get_if<streams::UnixPath>(&address_)) {
    endpoint_ = asio::local::stream_protocol::endpoint(path->path);
    co_return std::error_code{};
  }
  const auto& [host, port] = std::get<streams::HostPort>(address_);
  asio::ip::tcp::resolver resolver(loop_.context());
  const auto [ec, results] = co_await resolver.async_resolve(
      host, std::to_string(port), asio::ip::tcp::resolver::numeric_service, streams::use_task);
  if (!ec) endpoint_ = results.begin()->endpoint();
  co_return ec;
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
