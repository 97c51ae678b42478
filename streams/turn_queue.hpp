// What a loop does at the end of a turn, asyncio's ready queue. A turn is one resumption of user
// code: one event's, one timer's, one job's. Small writes made in it leave together when it ends
// (`flush_soon`); work that must not run inside it runs right after, in order (`call_soon`).
//
// Owned by the EventLoop; its thread only. An owner that dies first says forget(). Queueing is
// noexcept to those who do it, so room for whatever can be queued is made ahead, by reserve().
#pragma once

#include <coroutine>
#include <cstddef>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include "streams/handler_memory.hpp"

namespace streams {

class Debug;

class TurnQueue {
 public:
  using Function = void (*)(void* target) noexcept;

  explicit TurnQueue(asio::io_context& context);
  TurnQueue(const TurnQueue&) = delete;
  TurnQueue& operator=(const TurnQueue&) = delete;

  /// Calls `function(target)` in a turn of its own, soon and not from within this call.
  void call_soon(Function function, void* target) { push(jobs_, {function, target}); }
  /// Resumes `frame` in a turn of its own.
  void resume_soon(std::coroutine_handle<> frame);
  /// The same after a pause of 10 ms, shared by all who ask for it meanwhile: for what failed
  /// because the kernel was out of memory, of which no event tells the end.
  void call_after_pause(Function function, void* target);
  /// Calls `function(target)` once, when the current turn ends.
  void flush_soon(Function function, void* target) {
    if (in_batch_ && flush_.function == nullptr) {
      flush_ = {function, target};
    } else {
      more_to_do_ = true;
      push(more_flushes_, {function, target});
    }
  }
  /// Drops what is queued for `target`: `entries`, which its owner knows. Constant time where they
  /// are the next to run, as at a mass end.
  void forget(const void* target, int entries) noexcept;
  /// Makes room for what `owners` connections can have queued at once: a turn and a pause of each
  /// half and of a timer, a flush, and a task to resume. Throws std::bad_alloc.
  void reserve(std::size_t owners);

  /// In debug mode `debug` is told of each turn.
  void watch(Debug* debug) noexcept {
    debug_ = debug;
    more_to_do_ = debug != nullptr;
  }
  /// Of the loop that runs on this thread, if one does.
  static TurnQueue* current() noexcept { return current_; }
  static void set_current(TurnQueue* queue) noexcept { current_ = queue; }

  /// Between begin_batch() and end_batch() the caller ends each turn itself.
  void begin_batch() noexcept {
    in_batch_ = true;
    if (debug_ != nullptr) begin_watched();
  }
  void end_turn() noexcept {
    if (flush_.function != nullptr) {
      const Entry flush = flush_;
      flush_.function = nullptr;
      flush.function(flush.target);
    }
    if (more_to_do_) [[unlikely]]
      end_turn_further();
  }
  /// Runs the jobs that are queued now; those they queue wait for the next call.
  void run_jobs() noexcept;
  bool has_jobs() const noexcept { return !jobs_.empty(); }
  void end_batch() noexcept;

 private:
  struct Entry {
    Function function;
    void* target;
  };

  void push(std::vector<Entry>& queue, Entry entry);
  static int drop(std::vector<Entry>& queue, std::size_t from, const void* target,
                  int entries) noexcept;
  void end_pause() noexcept;
  void end_turn_further() noexcept;
  void run_more_flushes() noexcept;
  void begin_watched() noexcept;
  void post();

  // A completion handler of Asio's is told nothing of our loop; its thread is all that it knows.
  static inline thread_local constinit TurnQueue* current_ = nullptr;

  asio::io_context& context_;
  LoopMemory& memory_;
  Entry flush_{};  // nearly always the only one: a turn belongs to one connection
  std::vector<Entry> more_flushes_;
  std::vector<Entry> jobs_;
  std::vector<Entry> paused_;
  asio::steady_timer pause_;
  std::vector<Entry> running_;    // the jobs of the current run_jobs()
  std::size_t running_next_ = 0;  // of running_; those before it have run
  std::size_t flushes_next_ = 0;  // of more_flushes_
  std::size_t reserved_ = 0;      // owners
  Debug* debug_ = nullptr;
  bool more_to_do_ = false;  // at the end of a turn: more_flushes_, or debug_ to be told
  bool in_batch_ = false;
  bool posted_ = false;
};

}  // namespace streams
