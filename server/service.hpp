// The Service: the daemon as its service manager sees it, in the words of sd_notify(3). Tells it of
// every change at once, and once a second what the status line says, where that has changed.
// Without a service manager it does nothing. On the first worker's thread.
#pragma once

#include <chrono>
#include <string>

#include "server/server.hpp"
#include "streams/task.hpp"

namespace server {

class Service {
 public:
  explicit Service(Server& server);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Every listener listens.
  void ready();
  /// A reload has begun; it ends with reloaded().
  void reloading();
  /// Serving again; with `problem`, which stays in the status line, as before.
  void reloaded(const std::string& problem = {});
  /// The graceful stop has begun; it takes at most `grace`.
  void stopping(std::chrono::milliseconds grace);
  /// Keeps the status line true and, while stopping, asks for the time that this takes. Runs until
  /// cancelled.
  streams::Task<void> run();

 private:
  /// Sends these lines and the status.
  void tell(const std::string& lines);
  std::string status() const;

  Server& server_;
  const bool managed_;
  std::string state_;        // what is out of the ordinary
  std::string last_status_;  // as the manager knows it
  bool stopping_ = false;
  std::chrono::steady_clock::time_point stops_until_{};
};

}  // namespace server
