#include "streams/resolve.hpp"

#include <cstring>
#include <string>

#include <asio/ip/tcp.hpp>

#include "streams/await_asio.hpp"

namespace streams {

Task<Resolved> resolve(EventLoop& loop, HostPort address) {
  using asio::ip::tcp;
  tcp::resolver resolver(loop.context());
  const std::string service = std::to_string(address.port);
  auto [ec, results] = co_await resolver.async_resolve(address.host, service,
                                                       tcp::resolver::numeric_service, use_task);
  Resolved resolved;
  resolved.ec = ec;
  for (const auto& result : results) {
    const tcp::endpoint endpoint = result.endpoint();
    sockaddr_storage storage{};
    std::memcpy(&storage, endpoint.data(), endpoint.size());
    resolved.endpoints.emplace_back(storage);
  }
  co_return resolved;
}

}  // namespace streams
