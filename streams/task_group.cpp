#include "streams/task_group.hpp"

#include <new>
#include <vector>

#include "streams/exception_group.hpp"

namespace streams {

TaskGroup::Member::Member(TaskGroup& group, const std::source_location& created) : group_(group) {
  if (debug()) debug()->task_created(scope_, created);
  group_.members_.push_back(*this);
  if (group_.cancelled_) scope_.cancel();
}

void TaskGroup::Member::set_name(std::string_view name) {
  if (debug()) debug()->set_name(scope_, name);
}

/// Waits until the group is empty.
class TaskGroup::Emptied final : private Cancellable {
 public:
  explicit Emptied(TaskGroup& group) noexcept : group_(group) {}

  bool await_ready() const noexcept { return group_.empty(); }
  template <TaskPromise Promise>
  void await_suspend(std::coroutine_handle<Promise> frame) {
    scope_ = &frame.promise().scope();
    if (group_.has_member_in(*scope_)) misuse("a child joins its own TaskGroup");
    frame_ = frame;
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

void TaskGroup::Member::leave() noexcept {
  if (debug()) debug()->task_ended(scope_);
  unlink();
  if (group_.empty() && group_.joining_ != nullptr) std::exchange(group_.joining_, nullptr)->wake();
}

TaskGroup::ChildBase::ChildBase(TaskGroup& group, std::string_view name,
                                const std::source_location& created)
    : Member(group, created) {
  if (!name.empty()) set_name(name);
}

void TaskGroup::ChildBase::task_done() noexcept {
  TaskGroup& left = group();
  leave();
  if (waiting_ != nullptr) std::exchange(waiting_, nullptr)->wake(left.loop_);
  if (failure()) {
    left.fail(*this);
  } else {
    drop();
  }
}

TaskGroup::ChildBase::ResultAwaiter::ResultAwaiter(ChildBase& child) : child_(child) {
  if (std::exchange(child.awaited_, true)) misuse("two result() of one TaskHandle");
}

TaskGroup::~TaskGroup() {
  if (!empty()) fatal_misuse("a TaskGroup was destroyed while a child runs; join() it first");
  failed_.for_each([this](Member& member) {
    auto& child = static_cast<ChildBase&>(member);
    loop_.call_exception_handler("in a TaskGroup that was not joined", child.failure());
    child.unlink();
    child.drop();
  });
}

Task<void> TaskGroup::join() {
  class Joining {
   public:
    explicit Joining(bool& joined) : joined_(joined) {
      if (std::exchange(joined, true)) misuse("two join() of one TaskGroup at a time");
    }
    ~Joining() { joined_ = false; }
    Joining(const Joining&) = delete;
    Joining& operator=(const Joining&) = delete;

   private:
    bool& joined_;
  };
  const Joining joining(joined_);
  // Again, because a child may come between the last one's end and our turn.
  while (!empty()) {
    Emptied emptied(*this);
    co_await emptied;
  }
  if (!failed_.empty()) throw_failures();
}

void TaskGroup::cancel() noexcept {
  cancelled_ = true;
  members_.for_each([](Member& member) { member.scope_.cancel(); });
}

// The exception stays where it is, because there may be no memory for anything else.
void TaskGroup::fail(ChildBase& child) noexcept {
  failed_.push_back(child);
  cancel();
}

bool TaskGroup::has_member_in(const CancelScope& scope) noexcept {
  bool found = false;
  members_.for_each([&](Member& member) { found = found || &member.scope_ == &scope; });
  return found;
}

void TaskGroup::throw_failures() {
  std::exception_ptr thrown = static_cast<ChildBase&>(failed_.front()).failure();
  try {
    std::vector<std::exception_ptr> all;
    failed_.for_each(
        [&all](Member& member) { all.push_back(static_cast<ChildBase&>(member).failure()); });
    if (all.size() > 1) thrown = std::make_exception_ptr(ExceptionGroup(std::move(all)));
  } catch (const std::bad_alloc&) {
    // Then the first alone.
  }
  failed_.for_each([](Member& member) {
    member.unlink();
    static_cast<ChildBase&>(member).drop();
  });
  std::rethrow_exception(thrown);
}

}  // namespace streams
