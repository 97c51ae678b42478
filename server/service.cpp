#include "server/service.hpp"

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

#include "config/error.hpp"
#include "streams/sleeper.hpp"

namespace server {
namespace {

constexpr std::chrono::milliseconds refresh_interval{1000};
/// Before a change is told again that the manager did not take; doubled with every attempt.
constexpr std::chrono::milliseconds first_retry{50};

/// Asked for with every refresh while stopping. It is short, so that a loop that hangs meanwhile is
/// found out, and long enough for a machine that is slow.
constexpr std::chrono::microseconds extension = std::chrono::seconds{5};

constexpr std::size_t max_state = 512;

std::string count(std::uint64_t number, std::string_view noun) {
  std::string text = std::to_string(number);
  (text += ' ') += noun;
  if (number != 1) text += 's';
  return text;
}

// Never between the bytes of one UTF-8 character.
std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most != 0 && (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace

std::string service_status(std::string_view state, std::span<const std::string> listeners,
                           std::uint64_t connections) {
  const std::string tail = "; " + count(connections, "connection");
  constexpr std::size_t and_more = 32;
  std::string text(cut(state, max_state));
  if (!text.empty() && !listeners.empty()) text += "; ";
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    if (i != 0) text += ", ";
    if (text.size() + listeners[i].size() + and_more + tail.size() > max_service_status) {
      text += std::to_string(listeners.size() - i) + " more";
      break;
    }
    text += listeners[i];
  }
  return text.empty() ? count(connections, "connection") : text + tail;
}

Service::Service(serving::Server& server, const process::NotifySocket& manager, insight::Log& log)
    : server_(server), manager_(manager), log_(log) {
  if (!manager_.problem().empty()) log_.warning("service-manager", {{"what", manager_.problem()}});
}

void Service::ready() noexcept {
  if (!server_.is_stopping()) tell("READY=1\n");
}

void Service::reloading() noexcept try {
  state_ = "reloading";
  // An earlier reload that the manager has not heard of yet it need not hear of.
  const auto earlier = std::find_if(unsent_.begin(), unsent_.end(), [](const std::string& lines) {
    return lines.starts_with("RELOADING=1");
  });
  unsent_.erase(earlier, unsent_.end());
  const auto now = std::chrono::steady_clock::now().time_since_epoch();  // CLOCK_MONOTONIC
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now);
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds.count()) + '\n');
} catch (const std::exception&) {
  // No memory to tell of it; its end will be told.
}

void Service::reloaded(std::string_view why) noexcept {
  // It is too late to be ready again.
  if (server_.is_stopping()) return;
  state_.clear();
  try {
    if (!why.empty()) (state_ = "reload failed: ") += why;
  } catch (const std::exception&) {
    // The log has it.
  }
  tell("READY=1\n");
}

void Service::stopping(std::chrono::milliseconds grace) noexcept {
  // Past the grace the rest is aborted, and [admin] and [metrics] have a second more: the last
  // refresh has asked for longer.
  stops_until_ = std::chrono::steady_clock::now() + grace;
  state_ = "stopping";
  unsent_.clear();
  tell("STOPPING=1\n");
}

void Service::tell(std::string lines) noexcept try {
  if (!manager_) return;
  // A message of its own: in one, READY=1 would hide the RELOADING=1 before it.
  unsent_.push_back(std::move(lines));
  refresh();
} catch (const std::exception&) {
  // No memory to tell of it.
}

void Service::refresh() noexcept try {
  do {
    const bool is_last = unsent_.size() <= 1;
    std::string message = unsent_.empty() ? "" : unsent_.front();
    std::string now = is_last ? status() : last_status_;
    if (is_last && (!unsent_.empty() || now != last_status_)) message += "STATUS=" + now + '\n';
    if (std::chrono::steady_clock::now() < stops_until_) {
      message.append("EXTEND_TIMEOUT_USEC=").append(std::to_string(extension.count())).append("\n");
    }
    if (message.empty()) return;
    const std::error_code failure = manager_.send(message);
    note(failure);
    if (failure) return;
    if (!unsent_.empty()) unsent_.erase(unsent_.begin());
    last_status_ = std::move(now);
  } while (!unsent_.empty());
} catch (const std::exception&) {
  // Out of memory.
}

// A manager that has no room at the moment counts as present.
void Service::note(const std::error_code& failure) noexcept try {
  const bool was_away =
      std::exchange(is_away_, failure && failure != std::errc::operation_would_block);
  if (!is_away_ || was_away) return;
  const std::string what = "cannot be notified: " + failure.message();
  log_.warning("service-manager", {{"what", what}, {"retry", "every second"}});
} catch (const std::exception&) {
  // No memory to tell of it.
}

streams::Task<void> Service::run() {
  if (!manager_) co_return;
  streams::Sleeper sleeper(server_.loop());
  std::chrono::milliseconds retry = first_retry;
  for (;;) {
    const std::chrono::milliseconds pause = unsent_.empty() ? refresh_interval : retry;
    const bool slept = co_await sleeper.sleep_for(pause);
    if (!slept) co_return;
    refresh();
    retry = unsent_.empty() ? first_retry : std::min(2 * retry, refresh_interval);
  }
}

std::string Service::status() const {
  std::vector<std::string> listeners;
  // Those of a server that stops are closed, or will be at once.
  if (!server_.is_stopping()) {
    for (const auto& acceptor : server_.acceptors()) {
      if (acceptor->listener().protocol.own) continue;
      std::string& listener = listeners.emplace_back(acceptor->listener().settings.name);
      for (const auto& socket : acceptor->sockets()) (listener += ' ') += socket.address();
    }
  }
  return config::printable(
      service_status(state_, listeners, server_.registry().value("connections_active")));
}

}  // namespace server
