// LineClient: sends lines to the service over a connection of its own, one at a time, and reads
// their replies; reconnects and retries as the options allow. One for each connection of a Sender,
// on the loop's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>

#include "client/send/options.hpp"
#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace client::send {

/// What became of a line.
struct LineResult {
  enum class Status : std::uint8_t { answered, different, lost, not_sent };
  Status status = Status::not_sent;
  std::string reply;
  std::error_code ec;  ///< why it was lost or not sent
  std::uint64_t times_sent = 0;
};

class LineClient {
 public:
  /// `options` and `loop` outlive it; `seed` is its own among many.
  LineClient(streams::EventLoop& loop, const Options& options, std::uint64_t seed);

  /// Throws what the streams throw; their errors are in the result.
  streams::Task<LineResult> request(std::string line);
  /// Closes the connection after the last line.
  streams::Task<void> close();

 private:
  struct Request {
    const std::string& line;
    LineResult result;
  };

  streams::Task<std::error_code> attempt(Request& request);
  streams::Task<std::error_code> connect();
  streams::Task<void> drop_stale_connection();

  streams::EventLoop& loop_;
  const Options& options_;
  const std::uint64_t seed_;
  std::unique_ptr<streams::Connection> connection_;
  std::chrono::steady_clock::time_point last_used_;
};

}  // namespace client::send
