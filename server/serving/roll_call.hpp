// A roll call: one question to every worker, each of which answers on its own thread; the answers
// come home to who waits for them. A worker whose loop hangs does not answer, and is not
// waited for any longer than a second, nor is one that ends; what it still says later is dropped.
// On the first worker's thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "server/serving/worker.hpp"
#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"
#include "streams/timeout.hpp"

namespace server::serving {

template <class Answer>
class RollCall {
 public:
  using Question = std::function<Answer(Worker&)>;
  /// By worker; none from those that were silent.
  using Answers = std::vector<std::optional<Answer>>;

  static constexpr std::chrono::seconds patience{1};

  /// `workers`, the first of which has the caller's loop, outlive the loops' run(). Throws
  /// std::bad_alloc.
  static streams::Task<Answers> ask(std::vector<Worker*> workers, Question question) {
    streams::EventLoop& home = workers.front()->loop();
    // Shared with answers that may come when nobody waits for them any more.
    const auto call = std::make_shared<RollCall>(home, workers.size());
    for (std::size_t i = 0; i < workers.size(); ++i) {
      Worker& worker = *workers[i];
      if (worker.has_ended()) {
        --call->missing_;
        continue;
      }
      worker.loop().call_soon_threadsafe([call, question, &worker, &home, i] {
        home.call_soon_threadsafe([call, i, answer = question(worker)]() mutable {
          if (call->is_over_) return;
          call->answers_[i] = std::move(answer);
          if (--call->missing_ == 0) call->all_.set();
        });
      });
    }
    const auto until = std::chrono::steady_clock::now() + patience;
    bool is_awaited = true;
    while (is_awaited && call->missing_ != 0 && std::chrono::steady_clock::now() < until) {
      // Before the wait: what one has said before it ended is on its way here still.
      is_awaited = call->awaits_any_of(workers);
      streams::Task<bool> all = wait(call->all_);
      const std::chrono::steady_clock::duration most = look;
      const auto waited = co_await streams::with_timeout(home, most, std::move(all));
      if (!waited.ec && !waited.value) break;  // cancelled: nothing can be waited for
    }
    call->is_over_ = true;
    co_return std::move(call->answers_);
  }

  RollCall(streams::EventLoop& home, std::size_t workers)
      : all_(home), answers_(workers), missing_(workers) {}

 private:
  /// Between two looks whether those who have not answered have ended.
  static constexpr std::chrono::milliseconds look{100};

  bool awaits_any_of(const std::vector<Worker*>& workers) const noexcept {
    for (std::size_t i = 0; i < workers.size(); ++i) {
      if (!answers_[i] && !workers[i]->has_ended()) return true;
    }
    return false;
  }
  static streams::Task<bool> wait(streams::Event& event) {
    const bool is_set = co_await event.wait();
    co_return is_set;
  }

  streams::Event all_;
  Answers answers_;
  std::size_t missing_;
  bool is_over_ = false;  // nobody waits: the answers have been handed over
};

}  // namespace server::serving
