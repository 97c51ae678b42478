// What a send run is asked to do, checked and in plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "client/line_exchange.hpp"
#include "client/proxy.hpp"
#include "streams/address.hpp"
#include "streams/socket_options.hpp"

namespace client::send {

struct Options {
  streams::Address target;
  std::string target_name;  ///< as it was written
  streams::SocketOptions socket;
  LineProtocol protocol = LineProtocol::line;
  std::size_t connections = 1;
  std::size_t pipeline = 1;   ///< lines on their way on each, at most
  std::size_t window = 1000;  ///< lines read and not printed yet; connections * pipeline or more
  std::uint64_t retries = 3;  ///< attempts after the first, for each line
  std::chrono::nanoseconds timeout = std::chrono::seconds{10};  ///< to connect, and for each reply
  std::optional<Proxy> proxy = {};                              ///< to pose as
  bool ordered = true;        ///< replies in the order of the lines
  bool at_most_once = false;  ///< what may have been executed is not sent again
};

/// What became of the lines. Each that was read is answered, different, lost or not sent.
struct LineCounts {
  std::uint64_t read = 0;
  std::uint64_t sent = 0;  ///< at least once
  std::uint64_t answered = 0;
  std::uint64_t different = 0;  ///< an echo that was not the line
  std::uint64_t retried = 0;  ///< sent again after they may have been executed: once for each time
  std::uint64_t lost = 0;     ///< sent, not answered; may have been executed
  std::uint64_t not_sent = 0;
  std::uint64_t printed = 0;
  std::uint64_t empty = 0;    ///< beside those read: not sent, because no reply would come
  std::uint64_t surplus = 0;  ///< beside all of them: how often more came than the reply to a line

  bool all_answered() const noexcept { return answered == read && surplus == 0; }
};

}  // namespace client::send
