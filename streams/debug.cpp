#include "streams/debug.hpp"

#include <cstdio>
#include <new>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace streams {
namespace {

// A terminal that was stopped, or a pipe that nobody reads, would hold the loop for good.
bool takes_output() noexcept {
  pollfd entry{STDERR_FILENO, POLLOUT, 0};
  return ::poll(&entry, 1, 0) > 0;
}

void print(const TaskInfo& task, Debug::Duration duration) {
  if (!takes_output()) return;
  const double seconds = std::chrono::duration<double>(duration).count();
  std::fprintf(stderr, "streams: %s held the loop for %.3f s\n", task.to_string().c_str(), seconds);
}

}  // namespace

std::string TaskInfo::to_string() const {
  if (created.line() == 0) return name;
  return name + " (created at " + created.file_name() + ":" + std::to_string(created.line()) + ")";
}

Debug::Debug(Options options) : options_(std::move(options)) {
  if (!options_.on_slow_callback) options_.on_slow_callback = print;
}

void Debug::task_created(const CancelScope& scope, const std::source_location& created) {
  tasks_.insert_or_assign(&scope, TaskInfo("task-" + std::to_string(++number_), created));
}

void Debug::set_name(const CancelScope& scope, std::string_view name) {
  if (const auto found = tasks_.find(&scope); found != tasks_.end()) found->second.name = name;
}

void Debug::task_ended(const CancelScope& scope) noexcept {
  const auto found = tasks_.find(&scope);
  if (found == tasks_.end()) return;
  try {
    just_ended_.emplace_back(&scope, std::move(found->second));
  } catch (const std::bad_alloc&) {
    // Then a report names no task.
  }
  tasks_.erase(found);
}

const TaskInfo* Debug::find(const CancelScope* scope) const noexcept {
  // A new task may have the place in memory of one that has just ended.
  if (const auto found = tasks_.find(scope); found != tasks_.end()) return &found->second;
  for (const auto& [ended, task] : just_ended_) {
    if (ended == scope) return &task;
  }
  return nullptr;
}

TaskInfo Debug::running_task() const {
  const TaskInfo* const task = find(CancelScope::running());
  return task != nullptr ? *task : TaskInfo("a callback outside of any task", {});
}

std::vector<TaskInfo> Debug::all_tasks() const {
  std::vector<TaskInfo> all;
  all.reserve(tasks_.size());
  for (const auto& [scope, task] : tasks_) all.push_back(task);
  return all;
}

void Debug::end_callback() noexcept {
  const auto now = std::chrono::steady_clock::now();
  const Duration duration = now - began_;
  if (duration >= options_.slow_callback_duration) {
    try {
      options_.on_slow_callback(running_task(), duration);
    } catch (...) {
      // A diagnostic that fails must not end what it watches.
    }
  }
  just_ended_.clear();
  CancelScope::set_running(nullptr);
  // What the report itself took is nobody's.
  began_ = duration >= options_.slow_callback_duration ? std::chrono::steady_clock::now() : now;
}

Debug::Nested::Nested(const CancelScope& scope) noexcept : scope_(scope) {
  Debug* const debug = Debug::current();
  if (debug == nullptr) return;
  try {
    debug->tasks_.insert_or_assign(&scope, debug->running_task());
  } catch (const std::bad_alloc&) {
    // Then a report names no task.
  }
}

Debug::Nested::~Nested() {
  if (Debug* const debug = Debug::current()) debug->task_ended(scope_);
}

}  // namespace streams
