#include "streams/turn_queue.hpp"

#include <chrono>

#include <asio/post.hpp>

#include "streams/debug.hpp"
#include "streams/task.hpp"

namespace streams {

void TurnQueue::resume_soon(std::coroutine_handle<> frame) {
  call_soon(
      [](void* address) noexcept {
        CancelScope::set_running(&PromiseBase::at(address).scope());
        std::coroutine_handle<>::from_address(address).resume();
      },
      frame.address());
}

void TurnQueue::call_after_pause(Function function, void* target) {
  paused_.push_back({function, target});
  if (paused_.size() != 1) return;
  pause_.expires_after(std::chrono::milliseconds{10});
  pause_.async_wait([this](const std::error_code&) {
    for (const Entry& entry : paused_) push(jobs_, entry);
    paused_.clear();
  });
}

void TurnQueue::forget(const void* target) noexcept {
  if (flush_.target == target) flush_.function = nullptr;
  for (auto* queue : {&more_flushes_, &jobs_, &paused_, &running_}) {
    for (Entry& entry : *queue) {
      if (entry.target == target) entry.function = nullptr;
    }
  }
}

void TurnQueue::run_jobs() noexcept {
  running_.swap(jobs_);
  // By index: a job may forget() a later one, and only entries already here are run.
  for (std::size_t i = 0; i < running_.size(); ++i) {
    if (running_[i].function != nullptr) running_[i].function(running_[i].target);
    end_turn();
  }
  running_.clear();
}

void TurnQueue::end_batch() noexcept {
  in_batch_ = false;
  if (!jobs_.empty()) post();
}

void TurnQueue::push(std::vector<Entry>& queue, Entry entry) {
  queue.push_back(entry);
  if (!in_batch_) post();
}

void TurnQueue::run_more_flushes() noexcept {
  for (std::size_t i = 0; i < more_flushes_.size(); ++i) {
    if (more_flushes_[i].function != nullptr) more_flushes_[i].function(more_flushes_[i].target);
  }
  more_flushes_.clear();
}

void TurnQueue::begin_watched() noexcept { debug_->begin_callback(); }

void TurnQueue::end_turn_further() noexcept {
  if (!more_flushes_.empty()) run_more_flushes();
  more_to_do_ = debug_ != nullptr;
  if (debug_ != nullptr) debug_->end_callback();
}

void TurnQueue::post() {
  if (posted_) return;
  posted_ = true;
  asio::post(context_, [this] {
    posted_ = false;
    begin_batch();
    end_turn();
    run_jobs();
    end_batch();
  });
}

}  // namespace streams
