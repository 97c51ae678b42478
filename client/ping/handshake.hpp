// Handshake: how long a connection takes to stand, without the look-up of the name, which is done
// once. The loop's thread.
#pragma once

#include <chrono>
#include <optional>
#include <system_error>

#include <asio/generic/stream_protocol.hpp>

#include "streams/address.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace client::ping {

struct Shaken {
  std::error_code ec;
  std::chrono::nanoseconds time{0};
};

class Handshake {
 public:
  /// `address` outlives it.
  Handshake(streams::EventLoop& loop, const streams::Address& address)
      : loop_(loop), address_(address) {}

  /// Connects and closes again. The first address that the name has is the one that is measured.
  streams::Task<Shaken> shake();

 private:
  streams::Task<std::error_code> resolve();

  streams::EventLoop& loop_;
  const streams::Address& address_;
  std::optional<asio::generic::stream_protocol::endpoint> endpoint_;
};

}  // namespace client::ping
