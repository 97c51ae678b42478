// TcpOptions: the options of a subcommand that say how the sockets of its TCP connections are. The
// parser refers to it: it is pinned.
#pragma once

#include <span>
#include <string>

#include <CLI/CLI.hpp>

#include "client/command_line/target.hpp"
#include "streams/socket_options.hpp"

namespace client::command_line {

class TcpOptions {
 public:
  /// Adds the options to `app`.
  explicit TcpOptions(CLI::App& app);
  TcpOptions(const TcpOptions&) = delete;
  TcpOptions& operator=(const TcpOptions&) = delete;

  /// After all options were read, what they say. Throws CLI::ValidationError where a target is a
  /// Unix socket, or this machine refuses one of them; of buffers that it makes of another size it
  /// writes a line to standard error.
  const streams::SocketOptions& complete(std::span<const Target> targets) const;
  const streams::SocketOptions& complete(const Target& target) const {
    return complete(std::span(&target, 1));
  }

 private:
  streams::SocketOptions options_;
  CLI::App& app_;
};

}  // namespace client::command_line
