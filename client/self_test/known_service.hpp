// KnownService: an echo service whose times are known, for it keeps a log of its own: how long it
// had each request, from the moment it had read it to the one in which it gave the reply away. A
// client cannot have waited for less; on an idle machine it has waited for hardly more. A thread
// and a loop of its own; made and stopped on another thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <thread>

#include <asio/ip/tcp.hpp>

#include "client/measure/histogram.hpp"
#include "client/self_test/delays.hpp"
#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"
#include "streams/unique_fd.hpp"

namespace client::self_test {

class KnownService {
 public:
  static constexpr std::size_t request_size = 64;  ///< bytes

  /// Listens at a free port of 127.0.0.1. Throws std::system_error.
  explicit KnownService(Delays delays);
  ~KnownService();
  KnownService(const KnownService&) = delete;
  KnownService& operator=(const KnownService&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  /// Closes all connections and waits for the thread. Throws what that ended with, if it did so by
  /// an exception.
  void stop();

  // After stop().
  /// How long it had each request.
  const measure::Histogram& log() const noexcept { return log_; }
  /// How much later than it meant to it was awake again: how well the machine lets it sleep.
  const measure::Histogram& overslept() const noexcept { return overslept_; }

 private:
  void run_thread() noexcept;
  streams::Task<void> live();
  streams::Task<void> accept();
  streams::Task<void> serve(streams::UniqueFd fd);

  const Delays delays_;
  streams::EventLoop loop_;
  asio::ip::tcp::acceptor acceptor_;
  const std::uint16_t port_;
  streams::Event stopping_;
  streams::TaskGroup group_;
  measure::Histogram log_;
  measure::Histogram overslept_;
  std::optional<Clock::time_point> first_;
  std::uint64_t requests_ = 0;
  std::exception_ptr failure_;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace client::self_test
