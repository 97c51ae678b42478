#include "streams/task_group.hpp"

#include <memory>
#include <utility>

#include "streams/misuse.hpp"

namespace streams {

TaskGroup::Member::Member(TaskGroup& group, const std::source_location& created) : group_(group) {
  if (debug()) debug()->task_created(scope_, created);
  group_.members_.push_back(*this);
  if (group_.cancelled_) scope_.cancel();
}

TaskGroup::Member::~Member() {
  if (debug()) debug()->task_ended(scope_);
  unlink();
  group_.left();
}

void TaskGroup::Member::set_name(std::string_view name) {
  if (debug()) debug()->set_name(scope_, name);
}

/// One spawned task; it deletes itself when the task has ended.
class TaskGroup::Child final : public Member, private TaskObserver {
 public:
  Child(TaskGroup& group, Task<void> task, std::string_view name,
        const std::source_location& created)
      : Member(group, created), task_(std::move(task)) {
    if (!name.empty()) set_name(name);
  }
  void start() { Member::start(task_, *this); }

 private:
  void task_done() noexcept override {
    try {
      task_.take();
    } catch (...) {
      group().fail(std::current_exception());
    }
    delete this;
  }

  Task<void> task_;
};

/// Waits until the group is empty.
class TaskGroup::Emptied final : private Cancellable {
 public:
  explicit Emptied(TaskGroup& group) noexcept : group_(group) {}

  bool await_ready() const noexcept { return group_.empty(); }
  template <TaskPromise Promise>
  void await_suspend(std::coroutine_handle<Promise> frame) {
    frame_ = frame;
    scope_ = &frame.promise().scope();
    group_.joining_ = this;
    if (!scope_->enter(*this)) group_.cancel();
  }
  void await_resume() const noexcept {}

  void wake() noexcept {
    scope_->leave();
    group_.loop_.resume_soon(frame_);
  }

 private:
  void cancel_wait() noexcept override { group_.cancel(); }

  TaskGroup& group_;
  std::coroutine_handle<> frame_;
  CancelScope* scope_ = nullptr;
};

TaskGroup::~TaskGroup() {
  if (!empty()) fatal_misuse("a TaskGroup was destroyed while a child runs; join() it first");
}

void TaskGroup::spawn(Task<void> child, std::string_view name,
                      const std::source_location& created) {
  std::make_unique<Child>(*this, std::move(child), name, created).release()->start();
}

Task<void> TaskGroup::join() {
  // Again, because a child may come between the last one's end and our turn.
  while (!empty()) {
    Emptied emptied(*this);
    co_await emptied;
  }
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void TaskGroup::cancel() noexcept {
  cancelled_ = true;
  members_.for_each([](Member& member) { member.scope_.cancel(); });
}

void TaskGroup::fail(std::exception_ptr failure) noexcept {
  if (failure_) return;
  failure_ = std::move(failure);
  cancel();
}

void TaskGroup::left() noexcept {
  if (empty() && joining_ != nullptr) std::exchange(joining_, nullptr)->wake();
}

}  // namespace streams
