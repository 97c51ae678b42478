// A Connection on a loop of its own and the Peer at its far end, for the length of one test:
//
//     over_unix([](Wire& wire) -> Task<void> { wire.peer.send("hello"); ... co_return; });
//
// The body is a lambda without captures: as a coroutine it would outlive them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "streams/connection.hpp"
#include "streams/task_group.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/socket_pair.hpp"

namespace tests {

struct Wire {
  explicit Wire(SocketPair pair, streams::StreamOptions options = {})
      : peer(std::move(pair.theirs)), our_fd(pair.ours.get()) {
    const streams::Endpoint far = streams::Endpoint::of_peer(our_fd);
    connection.emplace(loop, std::move(pair.ours), far, options);
  }

  streams::StreamReader& reader() { return connection->reader(); }
  streams::StreamWriter& writer() { return connection->writer(); }
  const streams::Transport& transport() const { return connection->transport(); }

  /// Waits until `total` bytes were taken from the socket since the connection began.
  streams::Task<void> received(std::size_t total) {
    while (transport().bytes_received() < total) co_await turn(loop);
  }
  /// Plays a peer that reads until FIN or an error, without delay.
  streams::Task<std::string> peer_reads_to_end() {
    std::string all;
    for (;;) {
      all += peer.receive();
      if (peer.has_ended() || peer.error() != 0) co_return all;
      co_await turn(loop);
    }
  }

  streams::EventLoop loop;
  Peer peer;
  int our_fd;
  std::optional<streams::Connection> connection;
};

/// Starts close() and wait_closed() beside the test's own steps.
inline streams::Task<void> close_and_wait(
    Wire& wire, Outcome& closed, std::optional<std::chrono::milliseconds> close_timeout = {}) {
  wire.writer().close();
  closed.ec = co_await wire.writer().wait_closed(close_timeout);
  closed.done = true;
}

template <class Body, class... Args>
void on_wire(SocketPair pair, streams::StreamOptions options, Body body, Args&... args) {
  static_assert(std::is_pointer_v<Body> || std::is_empty_v<Body>,
                "a coroutine lambda must not capture");
  Wire wire(std::move(pair), options);
  run(wire.loop, body(wire, args...));
}

/// Over a Unix socket pair, where what was sent is there at once.
template <class Body, class... Args>
void over_unix(Body body, Args&... args) {
  on_wire(unix_pair(), {}, body, args...);
}
/// The same with a limit for readline() and readuntil().
template <class Body, class... Args>
void with_limit(std::uint32_t limit, Body body, Args&... args) {
  on_wire(unix_pair(), {limit, {}}, body, args...);
}
/// Over TCP on the loopback interface, where RST exists.
template <class Body, class... Args>
void over_tcp(Body body, Args&... args) {
  on_wire(tcp_pair(), {}, body, args...);
}

}  // namespace tests
