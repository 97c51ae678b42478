#include "server/server.hpp"

#include <algorithm>
#include <exception>
#include <pthread.h>
#include <stdexcept>
#include <string>
#include <thread>

#include "config/listen_address.hpp"
#include "streams/event.hpp"

namespace server {
namespace {

// A tenth of the shortest idle time-out, so that none is late by more.
std::chrono::milliseconds sweep_interval(const config::Config& config) {
  std::chrono::milliseconds interval{1000};
  for (const config::Listener& listener : config.listeners) {
    const auto timeout = listener.limits.idle_timeout;
    if (timeout.count() != 0) interval = std::min(interval, timeout / 10);
  }
  return std::max(interval, std::chrono::milliseconds{10});
}

streams::Debug::Options debug_mode(const config::Config& config, Log& log) {
  streams::Debug::Options options;
  if (config.slow_callback.count() != 0) {
    options.enabled = true;
    options.slow_callback_duration = config.slow_callback;
  }
  options.on_slow_callback = [&log](const streams::TaskInfo& task, auto duration) {
    const std::string name = task.to_string();
    const std::chrono::duration<double> seconds = duration;
    log.warning("slow-callback", {{"task", name}, {"seconds", seconds.count()}});
  };
  return options;
}

std::vector<std::unique_ptr<Worker>> make_workers(const config::Config& config, Log& log) {
  Worker::Options options;
  options.loop.busy_poll = config.busy_poll;
  options.loop.debug = debug_mode(config, log);
  options.sweep_interval = sweep_interval(config);
  options.shutdown_grace = config.shutdown_grace;
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::size_t i = 0; i < worker_count(config); ++i) {
    workers.push_back(std::make_unique<Worker>(options, log));
  }
  return workers;
}

const protocols::Protocol& protocol_of(const config::Listener& listener) {
  const protocols::Protocol* const protocol = protocols::find_protocol(listener.protocol);
  if (protocol == nullptr) throw std::runtime_error("unknown protocol " + listener.protocol);
  return *protocol;
}

}  // namespace

std::size_t worker_count(const config::Config& config) noexcept {
  if (config.workers != 0) return config.workers;
  return std::max(1U, std::thread::hardware_concurrency());
}

/// The threads of all workers but the first, which they tell of their end.
class Server::Threads {
 public:
  Threads(Server& server) : all_ended_(server.loop()), running_(server.workers_.size() - 1) {
    if (running_ == 0) all_ended_.set();
    for (std::size_t i = 1; i < server.workers_.size(); ++i) {
      const std::string name = "worker-" + std::to_string(i + 1);
      threads_.emplace_back([this, name, &server, &worker = *server.workers_[i]] {
        ::pthread_setname_np(::pthread_self(), name.c_str());
        worker.loop().run(worker.run());
        server.loop().call_soon_threadsafe([this] {
          if (--running_ == 0) all_ended_.set();
        });
      });
    }
  }
  auto ended() { return all_ended_.wait(); }

 private:
  streams::Event all_ended_;
  std::size_t running_;
  std::vector<std::jthread> threads_;
};

Server::Server(const config::Config& config, InheritedSockets& inherited, std::string_view version,
               Log& log)
    : started_(std::chrono::steady_clock::now()),
      max_connections_(config.limits.max_connections),
      workers_(make_workers(config, log)),
      acceptor_host_{loop(),
                     log,
                     {loop(), config.limits.max_connections},
                     {loop(), max_refusals},
                     [this](Accepted accepted) { hand_over(std::move(accepted)); }},
      accepting_(loop()) {
  for (const config::Listener& settings : config.listeners) {
    listeners_.push_back(std::make_unique<Listener>(
        Listener{settings,
                 protocol_of(settings),
                 {version, settings.limits.max_line, *this, std::chrono::system_clock::now}}));
    BoundSocket socket = settings.address == config::inherited_address
                             ? adopt_socket(inherited.take(settings.name))
                             : bind_socket(settings.address, settings.backlog);
    acceptors_.push_back(
        std::make_unique<Acceptor>(acceptor_host_, *listeners_.back(), std::move(socket)));
  }
}

Server::~Server() = default;

streams::Task<void> Server::serve() {
  Threads threads(*this);
  streams::TaskGroup first_worker(loop());
  first_worker.spawn(workers_.front()->run(), "worker");
  for (const auto& acceptor : acceptors_) {
    accepting_.spawn(acceptor->run(), "acceptor of " + acceptor->listener().settings.name);
  }
  std::exception_ptr failure;
  try {
    co_await accepting_.join();
  } catch (...) {
    // The sessions still have to end before anyone can be told.
    failure = std::current_exception();
  }
  // Every accepted connection is on its way to its worker by now, so that none misses the stop.
  for (const auto& worker : workers_) worker->stop();
  co_await first_worker.join();
  co_await threads.ended();
  if (failure) std::rethrow_exception(failure);
}

void Server::stop() { accepting_.cancel(); }

void Server::abort() {
  accepting_.cancel();
  for (const auto& worker : workers_) worker->abort();
}

std::uint64_t Server::connections() const noexcept {
  std::uint64_t started = 0;
  std::uint64_t ended = 0;
  for (const auto& worker : workers_) {
    // Ended before started, so that a session that ends meanwhile is not counted as less than none.
    ended += worker->metrics().sessions_ended.value();
    started += worker->metrics().sessions_started.value();
  }
  return started - ended;
}

void Server::hand_over(Accepted accepted) {
  Worker& worker = *workers_[next_worker_];
  next_worker_ = next_worker_ + 1 == workers_.size() ? 0 : next_worker_ + 1;
  worker.adopt(std::move(accepted));
}

void Server::stats(std::vector<std::pair<std::string_view, std::uint64_t>>& out) const {
  std::uint64_t started = 0;
  std::uint64_t ended = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t failed = 0;
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  for (const auto& worker : workers_) {
    // Ended before started, so that a session that ends meanwhile is not counted as less than none.
    ended += worker->metrics().sessions_ended.value();
    started += worker->metrics().sessions_started.value();
    timed_out += worker->metrics().sessions_timed_out.value();
    failed += worker->metrics().sessions_failed.value();
    received += worker->loop().traffic().received.value();
    sent += worker->loop().traffic().sent.value();
  }
  std::uint64_t refused = 0;
  std::uint64_t accept_errors = 0;
  for (const auto& acceptor : acceptors_) {
    refused += acceptor->metrics().refused.value();
    accept_errors += acceptor->metrics().accept_errors.value();
  }
  const auto uptime = std::chrono::steady_clock::now() - started_;
  out.emplace_back(
      "uptime_seconds",
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(uptime).count()));
  out.emplace_back("workers", workers_.size());
  out.emplace_back("connections_max", max_connections_);
  out.emplace_back("connections_active", started - ended);
  out.emplace_back("connections_total", started);
  out.emplace_back("connections_refused_total", refused);
  out.emplace_back("connections_timed_out_total", timed_out);
  out.emplace_back("connections_failed_total", failed);
  out.emplace_back("accept_errors_total", accept_errors);
  out.emplace_back("bytes_received_total", received);
  out.emplace_back("bytes_sent_total", sent);
}

}  // namespace server
