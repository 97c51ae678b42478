#include "server/service.hpp"

#include <cstdlib>
#include <utility>
#include <vector>

#include "config/error.hpp"
#include "server/service_notify.hpp"
#include "server/service_status.hpp"
#include "streams/sleep.hpp"

namespace server {
namespace {

constexpr std::chrono::seconds refresh_interval{1};

/// Asked for with every refresh while stopping. It is short, so that a loop that hangs meanwhile is
/// found out, and long enough for a machine that is slow.
constexpr std::chrono::microseconds extension = std::chrono::seconds{5};

}  // namespace

Service::Service(Server& server)
    : server_(server), managed_(std::getenv("NOTIFY_SOCKET") != nullptr) {}

void Service::ready() { tell("READY=1\n"); }

void Service::reloading() {
  state_ = "reloading";
  const auto now = std::chrono::steady_clock::now().time_since_epoch();  // CLOCK_MONOTONIC
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now);
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds.count()) + '\n');
}

void Service::reloaded(const std::string& problem) {
  // It is too late to be ready again.
  if (stopping_) return;
  state_ = problem;
  tell("READY=1\n");
}

void Service::stopping(std::chrono::milliseconds grace) {
  stopping_ = true;
  // Past the grace the rest is aborted, which takes no time worth asking for.
  stops_until_ = std::chrono::steady_clock::now() + grace;
  state_ = "stopping";
  tell("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(extension.count()) + '\n');
}

void Service::tell(const std::string& lines) {
  if (!managed_) return;
  last_status_ = status();
  service_notify(lines + "STATUS=" + last_status_);
}

streams::Task<void> Service::run() {
  if (!managed_) co_return;
  for (;;) {
    const std::error_code cancelled = co_await streams::sleep_for(server_.loop(), refresh_interval);
    if (cancelled) co_return;
    std::string message;
    if (std::string now = status(); now != last_status_) {
      last_status_ = std::move(now);
      message = "STATUS=" + last_status_;
    }
    if (stopping_ && std::chrono::steady_clock::now() < stops_until_) {
      if (!message.empty()) message += '\n';
      message += "EXTEND_TIMEOUT_USEC=" + std::to_string(extension.count());
    }
    if (!message.empty()) service_notify(message);
  }
}

std::string Service::status() const {
  std::vector<std::string> listeners;
  if (!stopping_) {
    for (const auto& acceptor : server_.acceptors()) {
      listeners.push_back(acceptor->listener().settings.name + ' ' + acceptor->address());
    }
  }
  return config::printable(service_status(state_, listeners, server_.statistics().connections()));
}

}  // namespace server
