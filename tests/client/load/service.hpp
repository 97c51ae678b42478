// A service of the test's own for load runs, on the main loop beside the run: what it does with a
// connection is a coroutine function.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <utility>

#include <asio/ip/tcp.hpp>

#include "client/load/plan.hpp"
#include "client/load/preflight.hpp"
#include "client/load/run.hpp"
#include "streams/await_asio.hpp"
#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

namespace tests {

using client::load::Plan;
using client::load::Results;

/// Serves one connection, the `number`th since the start; when it returns the connection is closed.
using Handler = streams::Task<void> (*)(streams::EventLoop& loop, streams::Connection& connection,
                                        std::size_t number);

class Service {
 public:
  Service(streams::EventLoop& loop, Handler handler)
      : loop_(loop),
        handler_(handler),
        acceptor_(loop.context(), {asio::ip::address_v4::loopback(), 0}),
        group_(loop) {
    current = this;
    group_.spawn(accept());
  }
  ~Service() { current = nullptr; }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// The one that runs.
  static inline Service* current = nullptr;

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::size_t accepted() const noexcept { return accepted_; }
  /// Nobody listens any more, and who is connected is reset.
  void die() {
    acceptor_.close();
    group_.cancel();
  }
  streams::Task<void> stop() {
    group_.cancel();
    return group_.join();
  }

 private:
  streams::Task<void> accept() {
    for (;;) {
      if (co_await acceptor_.async_wait(asio::socket_base::wait_read, streams::use_task)) co_return;
      const int fd = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK);
      if (fd >= 0) group_.spawn(serve(streams::UniqueFd(fd), accepted_++));
    }
  }
  streams::Task<void> serve(streams::UniqueFd fd, std::size_t number) {
    streams::Connection connection(loop_, std::move(fd), streams::Endpoint{});
    co_await handler_(loop_, connection, number);
  }

  streams::EventLoop& loop_;
  Handler handler_;
  asio::ip::tcp::acceptor acceptor_;
  std::size_t accepted_ = 0;
  streams::TaskGroup group_;
};

/// A plan for a fixed number of requests, with short patience.
inline Plan plan_of(std::uint64_t requests, std::size_t connections = 1) {
  Plan plan;
  plan.requests = requests;
  plan.connections = connections;
  plan.reply_timeout = std::chrono::seconds{5};
  return plan;
}

struct RunResult {
  Results results;
  std::size_t accepted = 0;  // the preflight's connection as well
};

inline streams::Task<RunResult> run_against(streams::EventLoop& loop, Plan plan, Handler handler,
                                            client::load::Observer& observer) {
  Service service(loop, handler);
  plan.targets.resize(std::max<std::size_t>(plan.targets.size(), 1));
  for (client::load::Target& target : plan.targets) {
    target.address = streams::HostPort{"127.0.0.1", service.port()};
  }
  const client::load::Preflight preflight = co_await client::load::preflight(loop, plan);
  REQUIRE(preflight.error.empty());
  RunResult ran;
  ran.results = co_await client::load::run(loop, plan, preflight.targets, observer);
  co_await service.stop();
  ran.accepted = service.accepted();
  co_return std::move(ran);
}

/// Runs `plan` against `handler`; several targets of it are one service.
inline RunResult load(const Plan& plan, Handler handler) {
  const Watchdog watchdog(100);
  streams::EventLoop loop;
  client::load::NoObserver observer;
  return loop.run(run_against(loop, plan, handler, observer));
}

inline streams::Task<void> echo(streams::EventLoop&, streams::Connection& connection, std::size_t) {
  while (const streams::Chunk chunk = co_await connection.reader().read(65536)) {
    connection.writer().write(chunk.data);
    if (co_await connection.writer().drain()) co_return;
  }
}

}  // namespace tests
