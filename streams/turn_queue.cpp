#include "streams/turn_queue.hpp"

#include <algorithm>
#include <chrono>
#include <new>

#include <asio/post.hpp>

#include "streams/debug.hpp"
#include "streams/task.hpp"

namespace streams {
namespace {

/// For what is queued by others than connections: those who wait for events, permits and items,
/// and timers.
constexpr std::size_t spare_entries = 1024;

}  // namespace

TurnQueue::TurnQueue(asio::io_context& context)
    : context_(context), memory_(asio::use_service<LoopMemory>(context)), pause_(context) {
  reserve(1);
}

void TurnQueue::reserve(std::size_t owners) {
  if (owners <= reserved_) return;
  // Doubled, as a vector grows. What is not used yet is not in memory yet.
  const std::size_t room = std::max(owners, 2 * reserved_);
  jobs_.reserve(spare_entries + 4 * room);
  running_.reserve(spare_entries + 4 * room);
  paused_.reserve(spare_entries + 3 * room);
  more_flushes_.reserve(room);
  reserved_ = room;
}

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
  try {
    pause_.expires_after(std::chrono::milliseconds{10});
    pause_.async_wait(use_memory(memory_.pause, [this](const std::error_code&) { end_pause(); }));
  } catch (const std::bad_alloc&) {
    // No memory to wait with either: without the pause, then.
    end_pause();
  }
}

void TurnQueue::end_pause() noexcept {
  for (const Entry& entry : paused_) push(jobs_, entry);
  paused_.clear();
}

void TurnQueue::forget(const void* target, int entries) noexcept {
  if (flush_.function != nullptr && flush_.target == target) {
    flush_.function = nullptr;
    --entries;
  }
  entries = drop(running_, running_next_, target, entries);
  entries = drop(more_flushes_, flushes_next_, target, entries);
  entries = drop(jobs_, 0, target, entries);
  drop(paused_, 0, target, entries);
}

// How many of `entries` are left to be found.
int TurnQueue::drop(std::vector<Entry>& queue, std::size_t from, const void* target,
                    int entries) noexcept {
  for (std::size_t i = from; i < queue.size() && entries > 0; ++i) {
    if (queue[i].target != target || queue[i].function == nullptr) continue;
    queue[i].function = nullptr;
    --entries;
  }
  return entries;
}

void TurnQueue::run_jobs() noexcept {
  running_.swap(jobs_);
  // By index: a job may forget() a later one, and only entries already here are run.
  while (running_next_ < running_.size()) {
    const Entry job = running_[running_next_++];
    if (job.function != nullptr) job.function(job.target);
    end_turn();
  }
  running_.clear();
  running_next_ = 0;
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
  while (flushes_next_ < more_flushes_.size()) {
    const Entry flush = more_flushes_[flushes_next_++];
    if (flush.function != nullptr) flush.function(flush.target);
  }
  more_flushes_.clear();
  flushes_next_ = 0;
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
  asio::post(context_, use_memory(memory_.post, [this] {
               posted_ = false;
               begin_batch();
               end_turn();
               run_jobs();
               end_batch();
             }));
}

}  // namespace streams
