#include "client/load/dispatcher.hpp"

namespace client::load {

void Dispatcher::due(Time when, std::size_t turn, Time now) {
  progress_.begin();
  tally_.offered(when);
  if (Taker* const taker = choose(turn)) {
    taker->unlink();
    taker->take(when, now);
  } else {
    (is_fixed_ ? takers_[turn]->bound_ : waiting_).push(when);
  }
}

Dispatcher::Taker* Dispatcher::choose(std::size_t turn) noexcept {
  if (is_fixed_) return takers_[turn]->is_linked() ? takers_[turn] : nullptr;
  if (!idle_.empty()) return &idle_.front();
  return with_room_.empty() ? nullptr : &with_room_.front();
}

void Dispatcher::drop_waiting() {
  drop(waiting_);
  for (Taker* const taker : takers_) drop(taker->bound_);
}

void Dispatcher::drop(Fifo<Time>& waiting) {
  const std::size_t dropped = waiting.size();
  for (; !waiting.empty(); waiting.pop()) tally_.unsent.push_back(waiting.front());
  if (dropped != 0) progress_.end(dropped);
}

}  // namespace client::load
