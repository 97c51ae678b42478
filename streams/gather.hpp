// gather: waits for several Tasks that run side by side, and has their results in the order in
// which they were asked for. asyncio's gather() with one difference: there a failure leaves the
// siblings running, here it cancels them, as in a TaskGroup, and is rethrown once all have ended;
// so nothing runs on behind one's back. gather_results() is its return_exceptions=True: every Task
// runs to its end, and exceptions are values among the others.
//
// The Tasks start when the gather is awaited, in their order. Cancelling who awaits it cancels them
// and still waits for them; what they then return is handed over. Where memory is short, those that
// have started are cancelled and std::bad_alloc comes out; where one of them is no Task to start,
// Misuse. The loop's thread only.
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "streams/event_loop.hpp"
#include "streams/result.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"

namespace streams {

/// One child of a gather: leaves the result of `work` in its place.
template <class T>
Task<void> gather_into(std::optional<ValueOf<T>>& place, Task<T> work) {
  if constexpr (std::is_void_v<T>) {
    co_await std::move(work);
    place.emplace();
  } else {
    T result = co_await std::move(work);
    place.emplace(std::move(result));
  }
}

inline Task<void> spawn_all(TaskGroup& group, std::vector<Task<void>>& work) {
  for (Task<void>& task : work) group.spawn(std::move(task));
  co_return;
}

/// The results of all; std::monostate for a Task<void>. Throws what the Tasks threw: one exception
/// as it is, more in an ExceptionGroup.
template <class... T>
Task<std::tuple<ValueOf<T>...>> gather(EventLoop& loop, Task<T>... work) {
  std::tuple<std::optional<ValueOf<T>>...> places;
  std::vector<Task<void>> all;
  std::apply(
      [&](std::optional<ValueOf<T>>&... place) {
        (all.push_back(gather_into(place, std::move(work))), ...);
      },
      places);
  const auto body = [&all](TaskGroup& group) { return spawn_all(group, all); };
  co_await task_group(loop, body);
  co_return std::apply(
      [](std::optional<ValueOf<T>>&... place) {
        return std::tuple<ValueOf<T>...>(std::move(*place)...);
      },
      places);
}

/// The same for any number of one kind.
template <class T>
Task<std::vector<ValueOf<T>>> gather(EventLoop& loop, std::vector<Task<T>> work) {
  std::vector<std::optional<ValueOf<T>>> places(work.size());
  std::vector<Task<void>> all;
  for (std::size_t i = 0; i < work.size(); ++i) {
    all.push_back(gather_into(places[i], std::move(work[i])));
  }
  const auto body = [&all](TaskGroup& group) { return spawn_all(group, all); };
  co_await task_group(loop, body);
  std::vector<ValueOf<T>> results;
  results.reserve(places.size());
  for (std::optional<ValueOf<T>>& place : places) results.push_back(std::move(*place));
  co_return std::move(results);
}

/// How each ended. Throws nothing that one of them threw.
template <class... T>
Task<std::tuple<Result<T>...>> gather_results(EventLoop& loop, Task<T>... work) {
  return gather(loop, as_result(std::move(work))...);
}

/// The same for any number of one kind.
template <class T>
Task<std::vector<Result<T>>> gather_results(EventLoop& loop, std::vector<Task<T>> work) {
  std::vector<Task<Result<T>>> catching;
  catching.reserve(work.size());
  for (Task<T>& task : work) catching.push_back(as_result(std::move(task)));
  return gather(loop, std::move(catching));
}

}  // namespace streams
