#include "server/serving/halt.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace server::serving {

struct Halt::State {
  std::mutex mutex;
  std::condition_variable changed;
  Visit visit;
  Visit last;
  std::size_t standing = 0;
  bool failed = false;
  bool over = false;
  bool with_last = false;

  void stand(Worker& worker, std::size_t number) noexcept {
    {
      const std::lock_guard lock(mutex);
      if (over) return;
    }
    const bool visited = call(visit, worker, number);
    std::unique_lock lock(mutex);
    failed = failed || !visited;
    ++standing;
    changed.notify_all();
    changed.wait(lock, [this] { return over; });
    lock.unlock();
    if (with_last) call(last, worker, number);
  }
  static bool call(const Visit& visit, Worker& worker, std::size_t number) noexcept try {
    visit(worker, number);
    return true;
  } catch (...) {
    return false;
  }
};

Halt::Halt(std::vector<Worker*> workers)
    : workers_(std::move(workers)), state_(std::make_shared<State>()) {}

bool Halt::begin(Visit visit, Visit last, Clock::time_point until) {
  state_->visit = std::move(visit);
  state_->last = std::move(last);
  for (std::size_t i = 1; i < workers_.size(); ++i) {
    workers_[i]->loop().call_soon_threadsafe(
        [state = state_, worker = workers_[i], i] { state->stand(*worker, i); });
  }
  {
    std::unique_lock lock(state_->mutex);
    const bool all = state_->changed.wait_until(
        lock, until, [this] { return state_->standing == workers_.size() - 1; });
    if (!all || state_->failed) return false;
  }
  all_stand_ = State::call(state_->visit, *workers_.front(), 0);
  return all_stand_;
}

void Halt::end(bool with_last) noexcept {
  const bool calls = with_last && all_stand_;
  {
    const std::lock_guard lock(state_->mutex);
    if (std::exchange(state_->over, true)) return;
    state_->with_last = calls;
  }
  state_->changed.notify_all();
  if (calls) State::call(state_->last, *workers_.front(), 0);
}

}  // namespace server::serving
