// An Acceptor: takes connections from one listening socket and hands them to the workers in turn.
// It holds a permit before it accepts, so a full server leaves connections in the kernel's backlog,
// costs nothing, and takes the next the moment one leaves. With at_limit = "refuse" it accepts and
// has them told.
//
// On the first worker's thread, as are the semaphores, so that the limits are exact.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/insight/log.hpp"
#include "server/insight/metrics.hpp"
#include "server/serving/listener.hpp"
#include "server/serving/stopping.hpp"
#include "server/sockets/listening_socket.hpp"
#include "streams/event_loop.hpp"
#include "streams/semaphore.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"

namespace server::serving {

/// What the acceptors of a server share; on their thread, outlives them.
struct AcceptorHost {
  streams::EventLoop& loop;
  insight::Log& log;
  streams::Semaphore permits;   ///< the server's max_connections
  streams::Semaphore refusals;  ///< bounds how many are being told that the server is full
  const Stopping& stopping;
  insight::AcceptorMetrics& metrics;
  std::function<void(Accepted)> hand_over;
  std::uint64_t last_id = 0;
};

class Acceptor {
 public:
  /// Throws as ListeningSocket does.
  Acceptor(AcceptorHost& host, std::unique_ptr<const Listener> listener,
           sockets::BoundSocket socket);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  /// Accepts until stop(); then takes what has already arrived, as far as there are permits and the
  /// server is not being aborted, and closes the socket. What waits on an inherited socket is left
  /// to the daemon's successor. Survives every error of accept(2).
  streams::Task<void> run();

  std::string address() { return socket_.address(); }
  bool inherited() const noexcept { return socket_.inherited(); }
  const Listener& listener() const noexcept { return *listener_; }

  /// Takes effect for the connections that come from now on.
  void apply(std::unique_ptr<const Listener> listener);
  void stop() noexcept;
  /// The shortest idle time-out that a session of this acceptor may have; 0 is none.
  std::chrono::milliseconds shortest_idle_timeout() const noexcept;
  /// Whether run() has completed and every session has ended, so that it may be destroyed.
  bool is_over() const noexcept;

 private:
  enum class Outcome : std::uint8_t { accepted, none_left, exhausted };

  /// The two permits that a connection needs.
  struct Permits {
    streams::Permit server;
    streams::Permit listener;
    explicit operator bool() const noexcept { return server && listener; }
  };

  /// Until cancelled.
  streams::Task<void> accept_connections();
  /// Takes what is there, up to a turn's worth; false when cancelled.
  streams::Task<bool> accept_waiting();
  Permits try_acquire() noexcept;
  Outcome accept_one(Permits permits);
  Outcome refuse_one();
  Outcome report_failure(int error);

  AcceptorHost& host_;
  std::unique_ptr<const Listener> listener_;
  std::vector<std::unique_ptr<const Listener>> earlier_;  // until their last sessions have ended
  sockets::ListeningSocket socket_;
  streams::Semaphore own_permits_;
  std::optional<streams::TaskGroup> accepting_;
  bool changed_ = false;  // accept anew, with another listener
  bool stopped_ = false;
  bool over_ = false;
  std::chrono::steady_clock::time_point next_error_report_{};
};

}  // namespace server::serving
