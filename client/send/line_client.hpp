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
#include "streams/event.hpp"
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
  std::string surplus;  ///< the beginning of what came without being asked for, before or behind
};

class LineClient {
 public:
  /// `options` and `loop` outlive it; `seed` is its own among many; after
  /// `stopping` no attempt is begun.
  LineClient(streams::EventLoop& loop, const Options& options, std::uint64_t seed,
             streams::Event& stopping);

  /// Throws what the streams throw; their errors are in the result.
  streams::Task<LineResult> request(std::string line);
  /// Closes the connection after the last line; the beginning of what still came.
  streams::Task<std::string> close();

 private:
  struct Request {
    const std::string& line;
    LineResult result;
  };

  streams::Task<std::error_code> attempt(Request& request);
  streams::Task<std::error_code> connect();
  /// Drops it if it has ended or something has come unasked, whose beginning goes to its result. An
  /// error only when cancelled.
  streams::Task<std::error_code> look_at_connection(Request& request);
  streams::Task<bool> pause(std::chrono::steady_clock::duration delay);

  streams::EventLoop& loop_;
  const Options& options_;
  const std::uint64_t seed_;
  streams::Event& stopping_;
  std::unique_ptr<streams::Connection> connection_;
  std::chrono::steady_clock::time_point last_used_;
};

}  // namespace client::send
