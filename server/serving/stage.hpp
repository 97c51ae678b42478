// A Stage stands between a connection and the protocol of a listener that asks for more than the
// protocol itself, such as a rate. The protocol has the reader and the writer of a connection in
// memory, and two tasks move the bytes:
//
//     peer ⇄ Session's reader and writer ⇄ Stage ⇄ MemoryConnection's reader and writer ⇄ protocol
//
// A listener without such wishes never comes near it. What the server does to a session holds here,
// too: once it ends one, nothing waits any more but for the peer. Lives in the frame of the
// session's task; the worker's thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <system_error>

#include "server/serving/listener.hpp"
#include "server/serving/rate_limit.hpp"
#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/memory_connection.hpp"
#include "streams/stream_reader.hpp"
#include "streams/stream_writer.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"
#include "streams/timer.hpp"

namespace server::serving {

class Stage final : private streams::MemoryConnection::FarSide {
 public:
  using Clock = std::chrono::steady_clock;

  /// All outlive it; `options` are those that a protocol without a stage has. Throws
  /// std::bad_alloc.
  Stage(streams::EventLoop& loop, streams::StreamReader& reader, streams::StreamWriter& writer,
        const Listener& listener, const streams::StreamOptions& options);

  /// What the connection's own streams are made with. Together with those of the protocol they
  /// keep to the listener's marks, and each within a block of the pool.
  static streams::StreamOptions outer(streams::StreamOptions options) noexcept;

  /// The protocol's result, once what it has written is with `writer`, as far as that is worth
  /// while.
  streams::Task<std::error_code> serve();

  /// The server has fed `reader` its end: from now on nothing is delayed.
  void hurry() noexcept;
  /// The connection is about to be closed under it.
  void abandon() noexcept;

  /// Memory of its buffers, in bytes.
  std::size_t held() noexcept { return inner_.reader().held() + inner_.writer().held(); }
  /// What the protocol has written and is still here, in bytes.
  std::size_t unsent() const noexcept { return inner_.output().size(); }
  /// Whether nothing is here, in either direction.
  bool is_empty() noexcept {
    return unsent() == 0 && inner_.has_room() && inner_.reader().buffered() == 0;
  }
  /// StreamReader::line_waits() of the protocol's.
  Clock::duration line_waits(Clock::time_point now) noexcept {
    return inner_.reader().line_waits(now);
  }

 private:
  /// What one of the two tasks waits for: something has changed, or a time has come. It looks by
  /// itself what it was. False when the task was cancelled.
  class Change {
   public:
    explicit Change(streams::EventLoop& loop) noexcept : event_(loop), timer_(loop) {}
    void tell() noexcept { event_.set(); }
    streams::Event::Awaiter next() noexcept {
      event_.clear();
      return event_.wait();
    }
    streams::Event::Awaiter next_or(Clock::time_point when) {
      timer_.call_later(when - Clock::now(), [this] { event_.set(); });
      return next();
    }

   private:
    streams::Event event_;
    streams::Timer timer_;
  };

  streams::Task<std::error_code> run(streams::TaskGroup& group);
  streams::Task<void> move_input();
  streams::Task<void> move_output();
  void end_input(const std::error_code& ec) noexcept;
  void break_off(const std::error_code& ec) noexcept;
  void on_room() noexcept override { input_.tell(); }
  void on_output() noexcept override { output_.tell(); }

  streams::EventLoop& loop_;
  streams::StreamReader& reader_;
  streams::StreamWriter& writer_;
  const Listener& listener_;
  streams::MemoryConnection inner_;
  Change input_;
  Change output_;
  RateLimit received_;
  RateLimit sent_;
  bool hurries_ = false;
  bool is_done_ = false;  // the protocol has returned
};

}  // namespace server::serving
