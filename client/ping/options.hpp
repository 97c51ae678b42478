// What a ping run is asked to do, checked and in plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/proxy.hpp"
#include "streams/address.hpp"
#include "streams/socket_options.hpp"

namespace client::ping {

using Duration = std::chrono::nanoseconds;

enum class Protocol : std::uint8_t {
  echo,    ///< what was sent comes back
  line,    ///< ECHO and its reply
  connect  ///< a new connection each time, and nothing on it
};

struct Target {
  streams::Address address;
  std::string name;  ///< as it was written
};

struct Options {
  std::vector<Target> targets;
  streams::SocketOptions socket;
  std::uint64_t count = 0;  ///< of each target; 0 is until interrupted
  Duration interval = std::chrono::seconds{1};
  Duration timeout = std::chrono::seconds{1};  ///< for a reply, and to connect
  std::size_t size = 56;                       ///< bytes of content
  Protocol protocol = Protocol::echo;
  std::optional<Proxy> proxy = {};  ///< to pose as
  bool timestamps = false;          ///< the time of day before each line of text
};

}  // namespace client::ping
