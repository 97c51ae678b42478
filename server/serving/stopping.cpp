#include "server/serving/stopping.hpp"

#include <cassert>
#include <utility>

namespace server::serving {

Stopping::Orders Stopping::request(Request request, Clock::time_point now) noexcept {
  Orders orders;
  switch (state_) {
    case State::running:
      state_ = State::draining;
      first_signal_ = request.signal;
      first_request_ = now;
      orders.stop_accepting = true;
      break;
    case State::draining: {
      const bool repeated = request.signal == first_signal_ && now - first_request_ <= repetition;
      if (repeated || !request.may_abort || finished_) break;
      state_ = State::aborting;
      orders.abort = true;
      break;
    }
    case State::aborting: break;
  }
  add_ends(orders);
  return orders;
}

bool Stopping::acceptor_starts(Of of) noexcept {
  if (state_ != State::running) return false;
  ++acceptors(of);
  return true;
}

void Stopping::acceptor_becomes(Of of) noexcept {
  assert(state_ == State::running);
  --acceptors(of == Of::own ? Of::clients : Of::own);
  ++acceptors(of);
}

Stopping::Orders Stopping::acceptor_ended(Of of) noexcept {
  --acceptors(of);
  Orders orders;
  add_ends(orders);
  return orders;
}

Stopping::Orders Stopping::worker_ended() noexcept {
  --workers_;
  Orders orders;
  add_ends(orders);
  return orders;
}

Stopping::Orders Stopping::own_ended() noexcept {
  own_ = false;
  Orders orders;
  add_ends(orders);
  return orders;
}

void Stopping::add_ends(Orders& orders) noexcept {
  if (state_ == State::running || acceptors_ != 0) return;
  orders.end_intake = !std::exchange(intake_ended_, true);
  if (workers_ != 0) return;
  orders.stop_own_accepting = !std::exchange(own_stopped_, true);
  if (own_acceptors_ != 0) return;
  orders.end_own_intake = !std::exchange(own_intake_ended_, true);
  if (!own_) orders.finish = !std::exchange(finished_, true);
}

}  // namespace server::serving
