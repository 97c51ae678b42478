// The Service: the daemon as its service manager sees it, in the words of sd_notify(3). Tells it of
// every change at once, and once a second what the status line says, where that has changed.
// Without a service manager it does nothing. On the first worker's thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "server/insight/log.hpp"
#include "server/process/notify_socket.hpp"
#include "server/serving/server.hpp"
#include "streams/task.hpp"

namespace server {

/// How long a status may get, in bytes: the service manager takes 4096 in a message and drops one
/// that is longer.
inline constexpr std::size_t max_service_status = 1024;

/// `state`, then `listeners`, each as "NAME ADDRESS", then `connections`; without the parts that
/// are empty: `echo 127.0.0.1:7007, line 127.0.0.1:7008; 12 connections`. Listeners beyond the
/// limit are counted; a state that is too long is cut.
std::string service_status(std::string_view state, std::span<const std::string> listeners,
                           std::uint64_t connections);

class Service {
 public:
  /// A manager that cannot be reached is a warning, once until it is there again.
  Service(serving::Server& server, const process::NotifySocket& manager, insight::Log& log);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Every listener listens; nothing when the server stops already.
  void ready() noexcept;
  /// A reload has begun; it ends with reloaded().
  void reloading() noexcept;
  /// Serving again; where the reload failed, as before, and the status line says `why`.
  void reloaded(std::string_view why = {}) noexcept;
  /// The graceful stop has begun; it takes at most `grace`.
  void stopping(std::chrono::milliseconds grace) noexcept;
  /// Keeps the status line true and, while stopping, asks for the time that this takes. Runs until
  /// cancelled.
  streams::Task<void> run();

 private:
  /// Sends these lines, now or when the manager takes them, behind those that it has not taken yet.
  void tell(std::string lines) noexcept;
  /// Sends what is new. What there is no memory for is told with the next refresh.
  void refresh() noexcept;
  void note(const std::error_code& failure) noexcept;
  std::string status() const;

  serving::Server& server_;
  const process::NotifySocket& manager_;
  insight::Log& log_;
  bool is_away_ = false;             // the manager, and the log says so
  std::vector<std::string> unsent_;  // messages that the manager has not taken yet, a few
  std::string state_;                // "stopping", say; empty while all is well
  std::string last_status_;          // as the manager knows it
  std::chrono::steady_clock::time_point stops_until_{};  // in the past unless the server stops
};

}  // namespace server
