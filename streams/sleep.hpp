// sleep_for: asyncio.sleep(). The loop's thread.
#pragma once

#include <chrono>
#include <system_error>

#include <asio/steady_timer.hpp>

#include "streams/await_asio.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace streams {

/// No error after `delay`, soon where that is 0 or less; std::errc::operation_canceled as soon as
/// the awaiting scope is cancelled. Throws std::bad_alloc (a Sleeper does not).
inline Task<std::error_code> sleep_for(EventLoop& loop, std::chrono::steady_clock::duration delay) {
  asio::steady_timer timer(loop.context(), delay);
  co_return co_await timer.async_wait(use_task);
}

/// The same, until a point of the steady clock.
inline Task<std::error_code> sleep_until(EventLoop& loop,
                                         std::chrono::steady_clock::time_point when) {
  asio::steady_timer timer(loop.context(), when);
  co_return co_await timer.async_wait(use_task);
}

}  // namespace streams
