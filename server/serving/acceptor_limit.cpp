// What an Acceptor tells and counts of the time in which all its places are taken, and of its
// backlog.
#include <chrono>
#include <utility>

#include "server/serving/acceptor.hpp"
#include "streams/tcp_info.hpp"

namespace server::serving {

using Clock = std::chrono::steady_clock;

// The acceptor asks for a place before a client comes. The limit is over when it gets one without
// waiting, or when it has one and the backlog is empty.
void Acceptor::note_limit(const admission::Admission::Decision& decision) noexcept {
  if (decision.action == admission::Action::take) return leave_limit();
  if (at_limit_ || !listener_->figures) return;
  const auto now = Clock::now();
  at_limit_ = AtLimit{now, now};
  host_.events.publish(&insight::SessionSubscriber::limit_reached, *listener_->figures,
                       decision.refusal);
}

void Acceptor::count_time_at_limit() noexcept {
  const auto now = Clock::now();
  const auto time = now - std::exchange(at_limit_->counted, now);
  listener_->figures->acceptor().limit_time.add(insight::in_microseconds(time));
}

void Acceptor::leave_limit() noexcept {
  if (!at_limit_) return;
  count_time_at_limit();
  host_.events.publish(&insight::SessionSubscriber::limit_left, *listener_->figures,
                       at_limit_->counted - at_limit_->since);
  at_limit_.reset();
}

void Acceptor::measure() noexcept {
  if (!listener_->figures) return;
  if (at_limit_) count_time_at_limit();
  // One that refuses waits for no place, and asks for the next when a client comes.
  if (at_limit_ && admission_.has_place()) leave_limit();
  streams::Backlog all;
  for (const sockets::ListeningSocket& socket : sockets_) {
    const streams::Backlog one = streams::backlog_of(socket.fd());
    all.waiting += one.waiting;
    all.most += one.most;
  }
  listener_->figures->acceptor().waiting.set(all.waiting);
  listener_->figures->acceptor().backlog.set(all.most);
}

}  // namespace server::serving
