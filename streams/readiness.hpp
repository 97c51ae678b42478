// The edge-triggered readiness set of one loop. A descriptor is registered once, for everything,
// and costs no system call after that until it is closed. The set's own descriptor is nested in the
// io_context through Asio's public API: when it becomes readable, the pump takes batches of events
// for a bounded number of rounds and then lets Asio have its turn. asyncio's selector, with
// uvloop's idea: the fast loop is underneath, and nothing above it knows.
//
// Owned by the EventLoop, its thread only. See epoll(7) on edge-triggered notification.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <sys/epoll.h>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include "streams/turn_queue.hpp"

namespace streams {

class ReadinessSet {
 public:
  class Handler {
   public:
    /// `events` is a mask of EPOLLIN and its kin. The handler may remove itself and others.
    virtual void on_ready(std::uint32_t events) noexcept = 0;

    /// What it has moved so far, in bytes.
    struct Moved {
      std::uint64_t received = 0;
      std::uint64_t sent = 0;
    };
    virtual Moved moved() const noexcept { return {}; }
    /// One of the turns that are sampled: an event was answered, bytes for bytes, so long after the
    /// loop had heard of it. The handler may not be removed in it.
    virtual void has_answered(std::chrono::nanoseconds /*after*/) noexcept {}

   protected:
    ~Handler() = default;
  };

  /// Told of the batches that are sampled.
  class Sampler {
   public:
    /// The kernel had so many events for one look.
    virtual void woke_up(int events) noexcept = 0;

   protected:
    ~Sampler() = default;
  };

  ReadinessSet(asio::io_context& context, TurnQueue& turns);
  ReadinessSet(const ReadinessSet&) = delete;
  ReadinessSet& operator=(const ReadinessSet&) = delete;

  /// Reports every edge of `fd` to `handler` from now on, beginning with its present state.
  /// Throws std::system_error when the kernel refuses (ENOSPC, ENOMEM), std::bad_alloc when there
  /// is no room for what the handler may queue later.
  void add(int fd, Handler& handler);
  /// No event reaches `handler` any more, also none of the batch being handled. The caller closes
  /// the descriptor next, which takes it out of the kernel's set, because no copy of it is
  /// anywhere: all are close-on-exec, no process that has connections forks, and a thread that
  /// copies the table of descriptors (unshare(CLONE_FILES)) does so before it has a connection.
  void remove(Handler& handler) noexcept;
  /// The same for a descriptor of which there may be copies, or that stays open.
  void remove(Handler& handler, int fd) noexcept;

  /// Makes room for what `owners` without a descriptor may queue at once, until leave(). Throws
  /// std::bad_alloc.
  void join(std::size_t owners) {
    turns_.reserve(handlers_ + owners);
    handlers_ += owners;
  }
  /// They queue nothing any more.
  void leave(std::size_t owners) noexcept { handlers_ -= owners; }

  /// Whether `handler` is still the one whose on_ready() is running. False after it was removed.
  bool is_current(const Handler& handler) const noexcept { return current_ == &handler; }

  /// Has one batch of `batches` sampled from now on, with the clock read once and at each turn's
  /// end; those in between cost nothing. `sampler` outlives the loop's run().
  void sample(Sampler& sampler, std::uint64_t batches) noexcept {
    sampler_ = &sampler;
    to_next_sample_ = sample_every_ = batches;
  }

  /// The set keeps the io_context running from the first add(), or arm() when there is one, until
  /// disarm().
  void arm();
  void disarm() noexcept;
  /// Handles what is ready, after waiting for it for `patience` at most; whether there was
  /// anything. What only the io_context knows of, timers and posts, does not end the wait. For a
  /// loop that polls.
  bool poll(std::chrono::nanoseconds patience = {}) noexcept;

 private:
  static constexpr int batch_size = 256;
  static constexpr int rounds_per_pump = 16;

  void wait();
  int take_batch(std::chrono::nanoseconds patience) noexcept;
  void dispatch(int count) noexcept;
  [[gnu::noinline]] void dispatch_sampled(int count) noexcept;
  template <bool sampled>
  void take_turns(int count) noexcept;
  void pump() noexcept;

  asio::posix::basic_stream_descriptor<asio::io_context::executor_type> epoll_;
  TurnQueue& turns_;
  LoopMemory& memory_;
  std::size_t handlers_ = 0;
  Sampler* sampler_ = nullptr;
  std::uint64_t sample_every_ = 0;
  std::uint64_t to_next_sample_ = 0;  // without a sampler it does not come to 0 again
  bool armed_ = false;
  Handler* current_ = nullptr;
  int batch_position_ = 0;
  int batch_end_ = 0;
  std::array<epoll_event, batch_size> batch_;
};

}  // namespace streams
