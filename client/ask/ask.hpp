// ask: what `echoline ask` does. One connection, one line, one reply. The loop's thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "client/line_exchange.hpp"
#include "client/proxy.hpp"
#include "streams/address.hpp"
#include "streams/event_loop.hpp"
#include "streams/socket_options.hpp"
#include "streams/task.hpp"

namespace client::ask {

struct Options {
  Options() = default;
  streams::Address target;
  std::string target_name;  ///< as it was written
  streams::SocketOptions socket;
  LineProtocol protocol = LineProtocol::line;
  std::chrono::nanoseconds timeout = std::chrono::seconds{10};  ///< for all of it
  std::optional<Proxy> proxy;                                   ///< to pose as
};

struct Answer {
  Answer() = default;
  std::string reply;    ///< with its line feeds; empty when none came
  std::string failure;  ///< what went wrong and what to do, for people; empty when nothing did
};

/// Asks `line`, which has no line feed, and leaves the service time to see the connection end. A
/// reply that is an error, or an echo of something else, comes with a failure.
streams::Task<Answer> ask(streams::EventLoop& loop, Options options, std::string line);

}  // namespace client::ask
