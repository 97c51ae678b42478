// interrupted(): the wish that a command ends, for one that has something to say at its end. The
// loop's thread.
#pragma once

#include <chrono>
#include <csignal>
#include <system_error>

#include <asio/signal_set.hpp>

#include "streams/await_asio.hpp"
#include "streams/event_loop.hpp"
#include "streams/sleep.hpp"
#include "streams/task.hpp"

namespace client {

/// Waits for SIGINT or SIGTERM; no error once it came, std::errc::operation_canceled where it was
/// not waited for any longer. What comes within a tenth of a second of it is the same wish:
/// timeout(1) signals the program, and then its group. After that the next one ends the process.
inline streams::Task<std::error_code> interrupted(streams::EventLoop& loop) {
  constexpr std::chrono::milliseconds together{100};
  asio::signal_set signals(loop.context(), SIGINT, SIGTERM);
  const auto [ec, number] = co_await signals.async_wait(streams::use_task);
  if (ec) co_return ec;
  co_return co_await streams::sleep_for(loop, together);
}

}  // namespace client
