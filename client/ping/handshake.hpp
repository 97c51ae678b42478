// Handshake: connections to one target, one at a time, and how long each took to stand. The name is
// looked up once, and again after none of its addresses answered. Of several addresses the one that
// answered last is tried first, the others as far as it does not (Happy Eyeballs, RFC 8305). The
// loop's thread.
#pragma once

#include <chrono>
#include <memory>
#include <system_error>
#include <vector>

#include "streams/address.hpp"
#include "streams/connection.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/open_connection.hpp"
#include "streams/socket_options.hpp"
#include "streams/task.hpp"

namespace client::ping {

struct Shaken {
  Shaken() = default;
  std::error_code ec;
  const char* failed = "cannot connect";  ///< with an `ec`: what failed
  std::chrono::nanoseconds time{0};       ///< of the address that answered, without the look-up
  std::unique_ptr<streams::Connection> connection;
};

class Handshake {
 public:
  /// `address` and `socket` outlive it.
  Handshake(streams::EventLoop& loop, const streams::Address& address,
            const streams::SocketOptions& socket)
      : loop_(loop), address_(address), socket_(socket) {}

  /// Connects. No time-out of its own; cancelling the awaiting scope ends it at once with
  /// std::errc::operation_canceled, the look-up included.
  streams::Task<Shaken> shake();

 private:
  streams::Task<std::error_code> look_up();
  streams::Task<streams::Opened> connect();

  streams::EventLoop& loop_;
  const streams::Address& address_;
  const streams::SocketOptions& socket_;
  std::vector<streams::Endpoint> endpoints_;  // of a name; empty until it was looked up
};

}  // namespace client::ping
