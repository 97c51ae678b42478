// A Proxy: what a client says that poses as one: each of its connections begins with a header of
// the PROXY protocol. Plain values, and what is written of them; the connection's loop's thread.
#pragma once

#include <chrono>
#include <optional>

#include "streams/connection.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/proxy_header/encode.hpp"
#include "streams/sleep.hpp"
#include "streams/task.hpp"

namespace client {

struct Proxy {
  proxy_header::Version version = proxy_header::Version::v1;
  /// For whom it has connected, as it says; its port 0 is the connection's own. None is the
  /// connection's own address.
  std::optional<streams::Endpoint> source = {};
};

/// The header of a connection of `own` address to `peer`.
inline proxy_header::Header header_of(const Proxy& proxy, const streams::Endpoint& own,
                                      const streams::Endpoint& peer) {
  proxy_header::Header header;
  header.kind = proxy_header::Header::Kind::proxied;
  header.source = proxy.source.value_or(own);
  if (header.source.port() == 0) header.source = header.source.with_port(own.port());
  header.destination = peer;
  return header;
}

/// Writes the header, where there is a proxy to pose as: before anything else, and it leaves
/// together with what follows in this turn.
inline void introduce(const std::optional<Proxy>& proxy, streams::Connection& connection) {
  if (!proxy) return;
  streams::StreamWriter& writer = connection.writer();
  writer.write(proxy_header::encode(proxy->version,
                                    header_of(*proxy, writer.sockname(), writer.peername())));
}

/// For a connection on which nothing else is said: the header leaves, and nothing is waited for. A
/// service that gets none might complain of that.
inline streams::Task<void> introduce_and_leave(streams::EventLoop& loop, std::optional<Proxy> proxy,
                                               streams::Connection& connection) {
  introduce(proxy, connection);
  const std::chrono::milliseconds one_turn{0};
  co_await streams::sleep_for(loop, one_turn);
}

}  // namespace client
