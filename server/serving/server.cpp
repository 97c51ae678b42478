#include "server/serving/server.hpp"

#include <algorithm>
#include <exception>
#include <pthread.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "streams/event.hpp"

namespace server::serving {
namespace {

streams::Debug::Options debug_mode(const config::Config& config, insight::Log& log) {
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

std::vector<std::unique_ptr<Worker>> make_workers(const config::Config& config, insight::Log& log) {
  streams::EventLoop::Options options;
  options.busy_poll = config.busy_poll;
  options.debug = debug_mode(config, log);
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::size_t i = 0; i < worker_count(config); ++i) {
    workers.push_back(std::make_unique<Worker>(options, Worker::Options{}, log));
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

std::size_t reserved_files(const config::Config& config) noexcept {
  return 16 + 4 * worker_count(config) + config.listeners.size() + Server::max_refusals;
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

Server::Server(const config::Config& config, std::vector<sockets::BoundSocket> sockets,
               std::string_view version, insight::Log& log)
    : version_(version),
      workers_(make_workers(config, log)),
      statistics_(workers_, acceptor_metrics_, config.limits.max_connections),
      acceptor_host_{loop(),
                     log,
                     {loop(), config.limits.max_connections},
                     {loop(), max_refusals},
                     acceptor_metrics_,
                     [this](Accepted accepted) { hand_over(std::move(accepted)); }},
      accepting_(loop()) {
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    acceptors_.push_back(std::make_unique<Acceptor>(
        acceptor_host_, make_listener(config.listeners[i]), std::move(sockets[i])));
  }
  for (const auto& worker : workers_) worker->apply(worker_options(config));
}

Server::~Server() = default;

streams::Task<void> Server::serve() {
  Threads threads(*this);
  streams::TaskGroup first_worker(loop());
  first_worker.spawn(workers_.front()->run(), "worker");
  for (const auto& acceptor : acceptors_) start(*acceptor);
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

void Server::apply(const config::Config& config, std::vector<Source> sources) {
  std::vector<std::unique_ptr<const Listener>> listeners;
  std::vector<std::unique_ptr<Acceptor>> acceptors(sources.size());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    listeners.push_back(make_listener(config.listeners[i]));
    if (sources[i].kept) continue;
    acceptors[i] = std::make_unique<Acceptor>(acceptor_host_, std::move(listeners[i]),
                                              std::move(sources[i].socket));
  }
  leaving_.reserve(leaving_.size() + acceptors_.size());

  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!sources[i].kept) {
      start(*acceptors[i]);
      continue;
    }
    acceptors[i] = std::move(acceptors_[*sources[i].kept]);
    acceptors[i]->apply(std::move(listeners[i]));
  }
  for (auto& acceptor : acceptors_) {
    if (!acceptor) continue;
    acceptor->stop();
    leaving_.push_back(std::move(acceptor));
  }
  acceptors_ = std::move(acceptors);
  std::erase_if(leaving_, [](const auto& acceptor) { return acceptor->is_over(); });
  acceptor_host_.permits.resize(config.limits.max_connections);
  statistics_.set_max_connections(config.limits.max_connections);
  for (const auto& worker : workers_) worker->apply(worker_options(config));
}

void Server::stop() noexcept {
  stopping_ = true;
  for (const auto& acceptor : acceptors_) acceptor->stop();
}

void Server::abort() {
  stop();
  for (const auto& worker : workers_) worker->abort();
}

std::unique_ptr<const Listener> Server::make_listener(const config::Listener& settings) const {
  const protocols::Context context{version_, settings.limits.max_line, statistics_,
                                   std::chrono::system_clock::now};
  return std::make_unique<Listener>(settings, protocol_of(settings), context);
}

// Sessions are looked at in a tenth of the shortest idle time-out, so that none is late by more.
Worker::Options Server::worker_options(const config::Config& config) const {
  Worker::Options options;
  for (const auto* acceptors : {&acceptors_, &leaving_}) {
    for (const auto& acceptor : *acceptors) {
      const auto timeout = acceptor->shortest_idle_timeout();
      if (timeout.count() != 0) {
        options.sweep_interval = std::min(options.sweep_interval, timeout / 10);
      }
    }
  }
  options.sweep_interval = std::max(options.sweep_interval, std::chrono::milliseconds{10});
  options.shutdown_grace = config.shutdown_grace;
  return options;
}

void Server::start(Acceptor& acceptor) {
  accepting_.spawn(acceptor.run(), "acceptor of " + acceptor.listener().settings.name);
}

void Server::hand_over(Accepted accepted) {
  Worker& worker = *workers_[next_worker_];
  next_worker_ = next_worker_ + 1 == workers_.size() ? 0 : next_worker_ + 1;
  worker.adopt(std::move(accepted));
}

}  // namespace server::serving
