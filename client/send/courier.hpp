// Courier: takes lines to the service on a connection of its own, one at a time, and brings their
// replies; connects again and tries again as the options allow. The loop's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>

#include "client/send/ask.hpp"
#include "client/send/options.hpp"
#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace client::send {

/// What became of a line.
struct Delivery {
  enum class Fate : std::uint8_t { answered, different, lost, not_sent };
  Fate fate = Fate::not_sent;
  std::string reply;
  std::error_code ec;  ///< why it was lost or not sent
  std::uint64_t times_sent = 0;
};

class Courier {
 public:
  /// `options` and `loop` outlive it; `seed` is its own among many.
  Courier(streams::EventLoop& loop, const Options& options, std::uint64_t seed);

  /// `line` outlives the call.
  streams::Task<Delivery> deliver(const std::string& line);
  /// Closes the connection after the last line.
  streams::Task<void> close();

 private:
  struct Errand {
    const std::string& line;
    Delivery delivery;
  };

  streams::Task<std::error_code> attempt(Errand& errand);
  streams::Task<std::error_code> connect();
  streams::Task<void> drop_stale_connection();

  streams::EventLoop& loop_;
  const Options& options_;
  const std::uint64_t seed_;
  std::unique_ptr<streams::Connection> connection_;
  std::chrono::steady_clock::time_point last_used_;
};

}  // namespace client::send
