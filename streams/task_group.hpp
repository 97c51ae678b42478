// TaskGroup: children that are waited for. asyncio's TaskGroup: the first child that throws cancels
// its siblings, and once all have ended their failures come out together: one as it was thrown,
// more in an ExceptionGroup. Cancelling a child or the group is not a failure.
//
// task_group() is the end of asyncio's `async with` block. A TaskGroup by itself is for an owner
// with a life of its own, such as a member of an object, and ends with join(): nothing may throw in
// between. Belongs to one loop, its thread.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <source_location>
#include <string_view>
#include <type_traits>
#include <utility>

#include "streams/cancellation.hpp"
#include "streams/event_loop.hpp"
#include "streams/intrusive_list.hpp"
#include "streams/misuse.hpp"
#include "streams/task.hpp"

namespace streams {

template <class T>
class TaskHandle;

class TaskGroup {
 public:
  /// What the group knows of a child. spawn() makes one of a Task; an object with a life of its own
  /// derives from it, is in the group from its construction to its destruction or leave(), and runs
  /// what it runs in its scope.
  class Member : public ListHook {
   public:
    /// Joins the group; in one that was cancelled it is cancelled from the start.
    explicit Member(TaskGroup& group,
                    const std::source_location& created = std::source_location::current());

   protected:
    ~Member() {
      if (is_linked()) leave();
    }
    /// Leaves the group, which may be joined and destroyed from then on.
    void leave() noexcept;
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

  class ChildBase;
  template <class T>
  class Child;

  /// With no child.
  explicit TaskGroup(EventLoop& loop) noexcept : loop_(loop) {}
  /// Calls fatal_misuse() when a child still runs. Failures that no join() has thrown go to the
  /// loop's exception handler.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `child` at once; returns at its first wait. In a group that was cancelled the child
  /// runs up to its first wait, which is refused. Debug mode calls it `name`, or by a number. The
  /// handle may be dropped. Throws Misuse when there is no Task to start, and std::bad_alloc; then
  /// the child was not started.
  template <class T>
  TaskHandle<T> spawn(Task<T> child, std::string_view name = {},
                      const std::source_location& created = std::source_location::current());
  /// Completes when no child is left; throws their failures, once. Cancelling the one who joins
  /// cancels the children, and still waits for them. Throws Misuse when somebody joins already, and
  /// when it is a child that joins.
  Task<void> join();
  /// Cancels every child, and those to come.
  void cancel() noexcept;

  /// Whether no child is left.
  bool empty() const noexcept { return members_.empty(); }
  /// Calls `visit` with every member; it may end the one it is given, and no other.
  template <class Visit>
  void for_each(Visit visit) {
    members_.for_each(visit);
  }

 private:
  class Emptied;

  void fail(ChildBase& child) noexcept;
  bool has_member_in(const CancelScope& scope) noexcept;
  [[noreturn]] void throw_failures();

  EventLoop& loop_;
  IntrusiveList<Member> members_;
  IntrusiveList<Member> failed_;  // children that have ended, kept for their exceptions
  Emptied* joining_ = nullptr;
  bool joined_ = false;  // somebody is in join()
  bool cancelled_ = false;
};

/// A spawned Task, for as long as it runs, its failure is kept, or a handle refers to it.
class TaskGroup::ChildBase : public Member, private TaskObserver {
 public:
  class ResultAwaiter;

  void cancel() noexcept { scope().cancel(); }
  virtual bool done() const noexcept = 0;
  /// Null when it returned.
  virtual const std::exception_ptr& failure() const noexcept = 0;
  void add_user() noexcept { ++users_; }
  void drop() noexcept {
    if (--users_ == 0) delete this;
  }

 protected:
  ChildBase(TaskGroup& group, std::string_view name, const std::source_location& created);
  virtual ~ChildBase() = default;
  TaskObserver& observer() noexcept { return *this; }

 private:
  friend class TaskGroup;
  void task_done() noexcept final;

  ResultAwaiter* waiting_ = nullptr;
  unsigned users_ = 1;  // the group is one
  bool awaited_ = false;
};

/// Waits until a child has ended.
class [[nodiscard]] TaskGroup::ChildBase::ResultAwaiter : private Cancellable {
 public:
  ResultAwaiter(const ResultAwaiter&) = delete;
  ResultAwaiter& operator=(const ResultAwaiter&) = delete;

  bool await_ready() const noexcept { return child_.done(); }
  template <TaskPromise Promise>
  void await_suspend(std::coroutine_handle<Promise> frame) noexcept {
    frame_ = frame;
    scope_ = &frame.promise().scope();
    child_.waiting_ = this;
    if (!scope_->enter(*this)) child_.cancel();
  }
  /// The child has ended.
  void wake(EventLoop& loop) noexcept {
    scope_->leave();
    loop.resume_soon(frame_);
  }

 protected:
  explicit ResultAwaiter(ChildBase& child);
  ~ResultAwaiter() = default;

 private:
  void cancel_wait() noexcept override { child_.cancel(); }

  ChildBase& child_;
  std::coroutine_handle<> frame_;
  CancelScope* scope_ = nullptr;
};

template <class T>
class TaskGroup::Child final : public ChildBase {
 public:
  Child(TaskGroup& group, Task<T> task, std::string_view name, const std::source_location& created)
      : ChildBase(group, name, created), task_(std::move(task)) {}
  void start() { Member::start(task_, observer()); }
  bool done() const noexcept override { return task_.done(); }
  const std::exception_ptr& failure() const noexcept override { return task_.failure(); }
  T take() { return task_.take(); }

 private:
  Task<T> task_;
};

/// What spawn() returns, asyncio's Task: a child to be cancelled or waited for by itself. Empty
/// when default-constructed or moved from: then done() and result() throw Misuse. The loop's
/// thread.
template <class T>
class TaskHandle {
 public:
  class [[nodiscard]] Awaiter final : public TaskGroup::ChildBase::ResultAwaiter {
   public:
    explicit Awaiter(TaskGroup::Child<T>& child) : ResultAwaiter(child), child_(child) {}
    T await_resume() { return child_.take(); }

   private:
    TaskGroup::Child<T>& child_;
  };

  TaskHandle() noexcept = default;
  /// For spawn().
  explicit TaskHandle(TaskGroup::Child<T>& child) noexcept : child_(&child) { child.add_user(); }
  TaskHandle(TaskHandle&& other) noexcept : child_(std::exchange(other.child_, nullptr)) {}
  TaskHandle& operator=(TaskHandle&& other) noexcept {
    if (this != &other) {
      if (child_ != nullptr) child_->drop();
      child_ = std::exchange(other.child_, nullptr);
    }
    return *this;
  }
  ~TaskHandle() {
    if (child_ != nullptr) child_->drop();
  }

  /// Whether it has ended.
  bool done() const { return child().done(); }
  /// Cancels the child and nobody else. Of one that has ended, nothing.
  void cancel() noexcept {
    if (child_ != nullptr) child_->cancel();
  }
  /// Waits for the child's end: its value, or its exception, which is the group's failure all the
  /// same. Cancelling who waits cancels the child, and still waits for it. Throws Misuse the second
  /// time: the value was moved out. This handle outlives the await.
  Awaiter result() { return Awaiter(child()); }

 private:
  TaskGroup::Child<T>& child() const {
    if (child_ == nullptr) misuse("an empty TaskHandle was used");
    return *child_;
  }

  TaskGroup::Child<T>* child_ = nullptr;
};

template <class T>
TaskHandle<T> TaskGroup::spawn(Task<T> child, std::string_view name,
                               const std::source_location& created) {
  child.require_unstarted();
  auto* const spawned =
      std::make_unique<Child<T>>(*this, std::move(child), name, created).release();
  TaskHandle<T> handle(*spawned);
  spawned->start();
  return handle;
}

/// A coroutine, so that what `body` throws before it returns its Task is a child's failure, too.
template <class Body>
std::invoke_result_t<Body&, TaskGroup&> call_body(TaskGroup& group, Body& body) {
  auto work = body(group);
  co_return co_await std::move(work);
}

/// asyncio's `async with TaskGroup() as group`: awaits the Task that `body(group)` returns and the
/// children that it spawns, which are siblings: the first to fail cancels the others, the body
/// included. Returns what the body returned, once all have ended; throws their failures, one as it
/// was thrown, more in an ExceptionGroup. Where memory is short it throws the first of them alone.
/// Cancelling who awaits it cancels all, and still waits for them.
///
/// `body` may capture: it lives as long as its Task. Inside a co_await expression let it capture
/// references alone: GCC 12 destroys a lambda there twice.
template <class Body>
std::invoke_result_t<Body&, TaskGroup&> task_group(EventLoop& loop, Body body) {
  TaskGroup group(loop);
  // Made before there is a child, so that nothing can fail between spawn() and join().
  Task<void> joining = group.join();
  auto work = group.spawn(call_body(group, body), "body of a task group");
  co_await std::move(joining);
  co_return co_await work.result();
}

}  // namespace streams
