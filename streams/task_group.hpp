// TaskGroup: children that are waited for. asyncio's TaskGroup with join() in place of the end of
// an `async with` block: the first child that throws cancels its siblings, and join() rethrows that
// exception once all have ended. Cancelling the group is not a failure.
//
// Belongs to one loop, its thread. Must be joined, or never have had a child that still runs, when
// it is destroyed.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <source_location>
#include <string_view>

#include "streams/cancellation.hpp"
#include "streams/event_loop.hpp"
#include "streams/intrusive_list.hpp"
#include "streams/task.hpp"

namespace streams {

class TaskGroup {
 public:
  /// What the group knows of a child. spawn() makes one of a Task; an object with a life of its own
  /// derives from it, is in the group from its construction to its destruction, and runs what it
  /// runs in its scope.
  class Member : public ListHook {
   public:
    /// Joins the group; in one that was cancelled it is cancelled from the start.
    explicit Member(TaskGroup& group,
                    const std::source_location& created = std::source_location::current());

   protected:
    ~Member();
    /// What debug mode calls this one; asyncio's set_name(). Ask debug() before making a name.
    void set_name(std::string_view name);
    Debug* debug() const noexcept { return group_.loop_.debug(); }
    /// Starts `task` in scope(), up to its first wait. It may have ended, and with it this, on
    /// return.
    template <class T>
    void start(Task<T>& task, TaskObserver& observer) {
      const CancelScope* const starter = CancelScope::running();
      Debug* const watch = debug();
      if (watch != nullptr) watch->end_callback();
      CancelScope::set_running(&scope_);
      task.enter(scope_);
      task.start(observer);
      if (watch != nullptr) watch->end_callback();
      CancelScope::set_running(starter);
    }
    TaskGroup& group() const noexcept { return group_; }
    CancelScope& scope() noexcept { return scope_; }

   private:
    friend class TaskGroup;
    TaskGroup& group_;
    CancelScope scope_;
  };

  explicit TaskGroup(EventLoop& loop) noexcept : loop_(loop) {}
  /// Calls fatal_misuse() when a child still runs.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `child` at once; returns at its first wait. In a group that was cancelled the child
  /// runs up to its first wait, which is refused. Debug mode calls it `name`, or by a number.
  void spawn(Task<void> child, std::string_view name = {},
             const std::source_location& created = std::source_location::current());
  /// Completes when no child is left; rethrows the first failure, once. Cancelling the one who
  /// joins cancels the children, and still waits for them.
  Task<void> join();
  /// Cancels every child, and those to come.
  void cancel() noexcept;

  bool empty() const noexcept { return members_.empty(); }
  /// Calls `visit` with every member; it may end the one it is given, and no other.
  template <class Visit>
  void for_each(Visit visit) {
    members_.for_each(visit);
  }

 private:
  class Child;
  class Emptied;

  void fail(std::exception_ptr failure) noexcept;
  void left() noexcept;

  EventLoop& loop_;
  IntrusiveList<Member> members_;
  Emptied* joining_ = nullptr;
  std::exception_ptr failure_;
  bool cancelled_ = false;
};

}  // namespace streams
