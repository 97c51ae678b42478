// Session: what `echoline connect` does: standard input to a socket, the socket to standard output,
// until the peer closes the connection. At the end of the input the connection is half-closed, so
// that the peer's last replies still come. Neither side is read while the other is full.
//
// Runs on one loop and prints nothing but the peer's bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "client/connect/crlf.hpp"
#include "client/descriptors/file_writer.hpp"
#include "client/proxy.hpp"
#include "streams/address.hpp"
#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/executor.hpp"
#include "streams/socket_options.hpp"
#include "streams/standard_input.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"

namespace client::connect {

struct Options {
  streams::Address target;
  streams::SocketOptions socket;
  bool crlf = false;                    ///< LF of the input becomes CRLF
  std::chrono::nanoseconds timeout{0};  ///< to connect, and then with nothing moving; 0 is for ever
  std::string timeout_text;             ///< the same, for messages
  std::optional<Proxy> proxy = {};      ///< to pose as
  /// Called once the connection stands, if set.
  void (*connected)(const streams::Endpoint& peer) = nullptr;
};

struct Ending {
  enum class Kind : std::uint8_t {
    finished,        ///< the peer closed it after the end of our input
    closed_by_peer,  ///< it came before, and nothing of the input was left unsent
    failed,          ///< refused, reset, timed out, or input or output broke
    interrupted      ///< by SIGINT or SIGTERM
  };
  Kind kind = Kind::finished;
  std::string what;  ///< of a failure: what failed and why
};

class Session {
 public:
  /// `input` and `output` are descriptors of any kind, and stay the caller's. `executor` outlives
  /// the session.
  Session(streams::EventLoop& loop, streams::Executor& executor, Options options, int input,
          int output);

  streams::Task<Ending> run();

 private:
  streams::Task<void> watch_signals();
  streams::Task<void> converse();
  streams::Task<bool> open();
  streams::Task<void> send_input();
  streams::Task<void> print_output();
  streams::Task<void> watch_idle();
  streams::Task<void> close();
  void end(Ending::Kind kind, std::string what = {});
  std::uint64_t bytes_moved() const noexcept;

  streams::EventLoop& loop_;
  Options options_;
  streams::StandardInput input_;
  descriptors::FileWriter output_;
  Crlf crlf_;
  streams::TaskGroup tasks_;
  std::unique_ptr<streams::Connection> connection_;
  bool input_has_ended_ = false;
  bool has_ended_ = false;  // and ending_ says how
  Ending ending_;
};

}  // namespace client::connect
