#include "server/serving/acceptor.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "streams/sleep.hpp"

namespace server::serving {
namespace {

/// After accept(2) found a resource exhausted: ten tries a second find its return soon enough and
/// cost nothing.
constexpr std::chrono::milliseconds exhaustion_pause{100};
constexpr std::chrono::seconds error_report_interval{1};

/// The connections taken before the loop's other work has its turn.
constexpr int max_accepts_per_turn = 64;

// The connection was gone before it was accepted, or brings an error of the network along, which
// accept(2) says to treat like having found nothing.
bool concerns_one_connection(int error) noexcept {
  switch (error) {
    case ECONNABORTED:
    case EINTR:
    case EPERM:
    case EPROTO:
    case ENOPROTOOPT:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET: return true;
    default: return false;
  }
}

std::string_view remedy(int error) noexcept {
  switch (error) {
    case EMFILE: return "raise the limit on open files (LimitNOFILE=) or lower max_connections";
    case ENFILE: return "raise the system's limit on open files (sysctl fs.file-max)";
    case ENOBUFS:
    case ENOMEM: return "the kernel is out of memory for sockets";
    default: return "";
  }
}

}  // namespace

Acceptor::Acceptor(AcceptorHost& host, std::unique_ptr<const Listener> listener,
                   sockets::BoundSocket socket)
    : host_(host),
      listener_(std::move(listener)),
      socket_(host.loop, std::move(socket)),
      own_permits_(host.loop, listener_->settings.limits.max_connections) {}

streams::Task<void> Acceptor::run() {
  do {
    changed_ = false;
    accepting_.emplace(host_.loop);
    accepting_->spawn(accept_connections(), "accepting for " + listener_->settings.name);
    co_await accepting_->join();
  } while (changed_ && !stopped_);
  // Clients whose connections wait in the backlog take them for accepted.
  const bool takes_backlog = host_.stopping.takes_backlog() && !socket_.inherited();
  while (takes_backlog && accept_one(try_acquire()) == Outcome::accepted) {
  }
  socket_.close();
  over_ = true;
}

streams::Task<void> Acceptor::accept_connections() {
  // Who began before us may have left some.
  socket_.assume_more();
  while (!stopped_) {
    const bool some = co_await socket_.readable();
    if (!some) break;
    const bool go_on = co_await accept_waiting();
    if (!go_on) break;
  }
}

void Acceptor::apply(std::unique_ptr<const Listener> listener) {
  earlier_.push_back(std::exchange(listener_, std::move(listener)));
  std::erase_if(earlier_, [](const auto& earlier) { return !earlier->in_use(); });
  own_permits_.resize(listener_->settings.limits.max_connections);
  socket_.set_backlog(listener_->settings.backlog);
  // It may be waiting for a permit where the new one refuses.
  changed_ = true;
  if (accepting_) accepting_->cancel();
}

void Acceptor::stop() noexcept {
  stopped_ = true;
  if (accepting_) accepting_->cancel();
}

std::chrono::milliseconds Acceptor::shortest_idle_timeout() const noexcept {
  auto shortest = listener_->settings.limits.idle_timeout;
  for (const auto& earlier : earlier_) {
    const auto timeout = earlier->settings.limits.idle_timeout;
    if (timeout.count() != 0 && (shortest.count() == 0 || timeout < shortest)) shortest = timeout;
  }
  return shortest;
}

bool Acceptor::is_over() const noexcept {
  if (!over_ || !own_permits_.all_released() || listener_->in_use()) return false;
  return std::none_of(earlier_.begin(), earlier_.end(),
                      [](const auto& earlier) { return earlier->in_use(); });
}

streams::Task<bool> Acceptor::accept_waiting() {
  for (int i = 0; i < max_accepts_per_turn; ++i) {
    Permits permits = try_acquire();
    Outcome outcome;
    if (permits || listener_->settings.limits.at_limit == config::AtLimit::wait) {
      if (!permits) {
        permits.listener = co_await own_permits_.acquire();
        if (permits.listener) permits.server = co_await host_.permits.acquire();
        if (!permits) co_return false;
      }
      outcome = accept_one(std::move(permits));
    } else {
      outcome = refuse_one();
    }
    if (outcome == Outcome::none_left) co_return true;
    if (outcome == Outcome::exhausted) {
      if (co_await streams::sleep_for(host_.loop, exhaustion_pause)) co_return false;
      break;
    }
  }
  socket_.assume_more();
  co_return true;
}

Acceptor::Permits Acceptor::try_acquire() noexcept {
  Permits permits;
  permits.listener = own_permits_.try_acquire();
  if (permits.listener) permits.server = host_.permits.try_acquire();
  if (!permits) permits = {};
  return permits;
}

Acceptor::Outcome Acceptor::accept_one(Permits permits) {
  if (!permits) return Outcome::none_left;
  sockets::ListeningSocket::Result accepted = socket_.accept();
  if (accepted.error != 0) return report_failure(accepted.error);
  host_.hand_over(Accepted{++host_.last_id, std::move(accepted.socket), accepted.peer,
                           ListenerUse(*listener_), std::move(permits.server),
                           std::move(permits.listener), false});
  return Outcome::accepted;
}

Acceptor::Outcome Acceptor::refuse_one() {
  sockets::ListeningSocket::Result accepted = socket_.accept();
  if (accepted.error != 0) return report_failure(accepted.error);
  host_.metrics.refused.add(1);
  const std::uint64_t id = ++host_.last_id;
  // Telling it so that it surely arrives takes a session for a moment. Where too many are being
  // told already, the words are sent all the same, and lost where the peer has sent something
  // itself.
  streams::Permit telling = host_.refusals.try_acquire();
  if (!telling) {
    accepted.tell(listener_->protocol.refusal);
    return Outcome::accepted;
  }
  host_.hand_over(Accepted{id, std::move(accepted.socket), accepted.peer, ListenerUse(*listener_),
                           std::move(telling), streams::Permit(), true});
  return Outcome::accepted;
}

Acceptor::Outcome Acceptor::report_failure(int error) {
  if (error == EAGAIN) return Outcome::none_left;
  host_.metrics.accept_errors.add(1);
  if (concerns_one_connection(error)) return Outcome::accepted;
  const auto now = std::chrono::steady_clock::now();
  if (now >= next_error_report_) {
    next_error_report_ = now + error_report_interval;
    const std::string what = std::error_code(error, std::system_category()).message();
    host_.log.error("cannot-accept", {{"listener", listener_->settings.name},
                                      {"what", what},
                                      {"remedy", remedy(error)},
                                      {"retry", "every 100 ms"}});
  }
  return Outcome::exhausted;
}

}  // namespace server::serving
