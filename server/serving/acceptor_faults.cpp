// What an Acceptor does of the faults of its listener: it numbers those that they are for, and is
// deaf for a while.
#include <algorithm>

#include "server/admission/access.hpp"
#include "server/serving/acceptor.hpp"
#include "streams/faults/script.hpp"

namespace server::serving {

using Clock = std::chrono::steady_clock;

std::optional<faults::Identity> Acceptor::number_for_faults(const streams::Endpoint& peer) {
  const auto address = admission::address_of(peer);
  const bool has_some =
      listener_->is_staged && address && listener_->settings.fault_sources.contains(*address);
  if (!has_some) return std::nullopt;
  if (listener_->settings.replay) return listener_->settings.replay;
  return fault_numbers_.next(fault_seed(), peer);
}

void Acceptor::tell_faults() const noexcept {
  if (listener_->settings.plan.empty() && listener_->settings.fault_in_band == config::InBand::no)
    return;
  host_.log.info("faults", {{"listener", listener_->settings.name},
                            {"seed", fault_seed()},
                            {"count", std::uint64_t{listener_->settings.plan.faults.size()}}});
  const std::optional<faults::Identity>& replay = listener_->settings.replay;
  if (!replay) return;
  host_.log.info("faults-replayed", {{"listener", listener_->settings.name},
                                     {"seed", replay->seed},
                                     {"index", replay->connection},
                                     {"source_index", replay->of_source}});
}

// Faults that are of the listening socket.
void Acceptor::begin_pause(const faults::Identity& who) {
  using What = faults::AtAccept::What;
  const faults::AtAccept at_accept = faults::at_accept(listener_->settings.plan, who);
  if (at_accept.what != What::backlog_full && at_accept.what != What::refuse) return;
  const auto time = std::min<Clock::duration>(at_accept.time, listener_->settings.fault_max_time);
  const auto until = Clock::now() + time;
  paused_until_ = paused_until_ ? std::max(*paused_until_, until) : until;
  for (sockets::ListeningSocket& socket : sockets_) {
    at_accept.what == What::refuse ? socket.shut() : socket.set_backlog(0);
  }
}

Clock::duration Acceptor::pause_length() const noexcept {
  if (!paused_until_) return sockets::ListeningSocket::exhaustion_pause;
  return *paused_until_ - Clock::now();
}

bool Acceptor::is_deaf(sockets::ListeningSocket& socket) noexcept {
  if (paused_until_ && Clock::now() < *paused_until_) return true;
  end_pause();
  return socket.is_shut() && !open_again(socket);
}

void Acceptor::end_pause() noexcept {
  if (!paused_until_) return;
  paused_until_.reset();
  // Where that fails, who accepts from that one tries again, is_deaf(): the others do not wait for
  // it.
  for (sockets::ListeningSocket& socket : sockets_) open_again(socket);
}

bool Acceptor::open_again(sockets::ListeningSocket& socket) noexcept {
  const int error = socket.open_again(state_ == State::accepting ? listener_->settings.backlog : 0);
  // Somebody else has its port, for as long as they like.
  if (error != 0) tell_failure(error);
  return error == 0;
}

}  // namespace server::serving
