// co_await any Asio operation from a Task: pass streams::use_task where Asio wants a completion
// token.
//
//     std::error_code ec = co_await timer.async_wait(streams::use_task);
//     auto [ec, results] = co_await resolver.async_resolve(host, service, streams::use_task);
//
// Where asyncio awaits a Future of its loop. A lone error_code comes back as it is, more results as
// a std::tuple; nothing is thrown for them. Awaiting throws std::bad_alloc where the operation
// could not be started. Cancelling the scope cancels the operation through its cancellation slot.
// The loop's thread only, like the operation's own objects, which outlive the await.
#pragma once

#include <coroutine>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>

#include <asio/async_result.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/error.hpp>

#include "streams/error.hpp"
#include "streams/task.hpp"
#include "streams/turn_queue.hpp"

namespace streams {

/// Asio has a category of its own for errno values, which does not compare with std::errc.
inline std::error_code as_standard(const std::error_code& ec) noexcept {
  const bool is_errno = ec.category() == asio::error::get_system_category();
  return is_errno ? std::error_code(ec.value(), std::system_category()) : ec;
}

struct UseTask {};
/// The completion token: an operation that is given it can be awaited.
inline constexpr UseTask use_task{};

template <class Results, class Initiation, class... InitArgs>
class AsioAwaiter final : private Cancellable {
 public:
  AsioAwaiter(Initiation initiation, InitArgs... args)
      : initiation_(std::move(initiation)), args_(std::move(args)...) {}
  AsioAwaiter(const AsioAwaiter&) = delete;
  AsioAwaiter& operator=(const AsioAwaiter&) = delete;

  bool await_ready() const noexcept { return false; }
  template <TaskPromise Promise>
  bool await_suspend(std::coroutine_handle<Promise> frame) {
    frame_ = frame;
    scope_ = &frame.promise().scope();
    if (!scope_->enter(*this)) {
      std::get<0>(results_) = make_cancelled();
      return false;
    }
    try {
      std::apply(
          [this](auto&... args) { std::move(initiation_)(Handler{this}, std::move(args)...); },
          args_);
    } catch (...) {
      scope_->leave();
      throw;
    }
    return true;
  }
  auto await_resume() {
    if constexpr (std::tuple_size_v<Results> == 1) {
      return std::get<0>(std::move(results_));
    } else {
      return std::move(results_);
    }
  }

 private:
  struct Handler {
    using cancellation_slot_type = asio::cancellation_slot;
    cancellation_slot_type get_cancellation_slot() const noexcept { return self->signal_.slot(); }
    template <class... Args>
    void operator()(const std::error_code& ec, Args&&... args) {
      self->results_ = Results(as_standard(ec), std::forward<Args>(args)...);
      TurnQueue& turns = *TurnQueue::current();
      turns.begin_batch();
      self->scope_->leave_and_run();
      self->frame_.resume();
      turns.end_turn();
      turns.end_batch();
    }
    AsioAwaiter* self;
  };

  void cancel_wait() noexcept override { signal_.emit(asio::cancellation_type::all); }

  Initiation initiation_;
  std::tuple<InitArgs...> args_;
  Results results_{};
  asio::cancellation_signal signal_;
  CancelScope* scope_ = nullptr;
  std::coroutine_handle<> frame_;
};

}  // namespace streams

template <class... Results>
class asio::async_result<streams::UseTask, void(std::error_code, Results...)> {
 public:
  template <class Initiation, class... InitArgs>
  static auto initiate(Initiation&& initiation, streams::UseTask, InitArgs&&... args) {
    return streams::AsioAwaiter<std::tuple<std::error_code, std::decay_t<Results>...>,
                                std::decay_t<Initiation>, std::decay_t<InitArgs>...>(
        std::forward<Initiation>(initiation), std::forward<InitArgs>(args)...);
  }
};
