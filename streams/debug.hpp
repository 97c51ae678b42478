// Debug mode, asyncio's: while it is on, a loop knows the name of each of its tasks and where it
// was created, and reports every callback that holds the loop for too long, with the task that did
// it. On in debug builds and where it is asked for; off, it costs one comparison a turn.
//
// One per EventLoop that is in debug mode, its thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <source_location>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "streams/cancellation.hpp"

namespace streams {

/// A task as diagnostics name it.
struct TaskInfo {
  TaskInfo() = default;
  /// Of a task that was created at `where`.
  TaskInfo(std::string task_name, const std::source_location& where)
      : name(std::move(task_name)), created(where) {}

  /// As set_name() or the group says, else `Task-1` and so on.
  std::string name;
  /// The line that made it a child or ran it.
  std::source_location created;

  /// `session 17 (created at server/serving/session.cpp:32)`
  std::string to_string() const;
};

class Debug {
 public:
  /// Of callbacks.
  using Duration = std::chrono::steady_clock::duration;
  /// Told of a callback that took `duration`; the task may be gone. What it throws is dropped.
  using SlowCallback = std::function<void(const TaskInfo& task, Duration duration)>;

  /// asyncio's slow_callback_duration.
  static constexpr std::chrono::milliseconds default_slow_callback_duration{100};

  /// Whether a loop is in debug mode, and what it takes for slow.
  struct Options {
    Options() = default;

    /// The usual: on in debug builds, off else.
#ifdef NDEBUG
    bool enabled = false;
#else
    bool enabled = true;
#endif
    /// A callback that takes longer is reported.
    Duration slow_callback_duration = default_slow_callback_duration;
    /// By default a line on standard error.
    SlowCallback on_slow_callback;
  };

  /// For an EventLoop.
  explicit Debug(Options options);
  Debug(const Debug&) = delete;
  Debug& operator=(const Debug&) = delete;

  /// Of the loop that runs on this thread; nullptr when it is not in debug mode.
  static Debug* current() noexcept { return current_; }
  /// For EventLoop::run().
  static void set_current(Debug* debug) noexcept { current_ = debug; }

  /// A task that runs in `scope` begins its life, is given another name, or has ended.
  void task_created(const CancelScope& scope, const std::source_location& created);
  /// For TaskGroup.
  void set_name(const CancelScope& scope, std::string_view name);
  /// For TaskGroup and EventLoop::run().
  void task_ended(const CancelScope& scope) noexcept;
  /// The task that runs, or ran last.
  TaskInfo running_task() const;
  /// Every task there is: asyncio's all_tasks().
  std::vector<TaskInfo> all_tasks() const;

  /// A callback begins; ends, and the next may follow at once.
  void begin_callback() noexcept { began_ = std::chrono::steady_clock::now(); }
  /// What follows is another's callback.
  void end_callback() noexcept;

  /// A scope within a task, such as a time-out's, has its task's name for as long as this lives.
  class Nested {
   public:
    /// `scope` is inside the running one.
    explicit Nested(const CancelScope& scope) noexcept;
    ~Nested();
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;

   private:
    const CancelScope& scope_;
  };

 private:
  const TaskInfo* find(const CancelScope* scope) const noexcept;

  // A thread-local, because misuse() and a time-out's scope have no loop at hand.
  static inline thread_local constinit Debug* current_ = nullptr;

  Options options_;
  std::unordered_map<const CancelScope*, TaskInfo> tasks_;
  std::vector<std::pair<const CancelScope*, TaskInfo>> just_ended_;  // in the present callback
  std::chrono::steady_clock::time_point began_;
  std::uint64_t number_ = 0;
};

}  // namespace streams
