#include "server/serving/server.hpp"

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "server/insight/families.hpp"
#include "server/serving/workers.hpp"
#include "streams/shield.hpp"

namespace server::serving {
namespace {

/// Of all own listeners; each has its own limit, which is lower.
constexpr std::size_t max_own_connections = 1024;

const protocols::Protocol& protocol_of(const config::Listener& listener) {
  const protocols::Protocol* const protocol = protocols::find_protocol(listener.protocol);
  if (protocol == nullptr) throw std::runtime_error("unknown protocol " + listener.protocol);
  return *protocol;
}

void report_failure(insight::Log& log, const std::exception_ptr& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& exception) {
    log.error("server-failed", {{"what", exception.what()}});
  } catch (...) {
    log.error("server-failed", {{"what", "an exception of unknown type"}});
  }
}

}  // namespace

Server::Server(const config::Config& config, std::vector<std::vector<sockets::BoundSocket>> sockets,
               std::string_view version, insight::Log& log, std::function<void()> on_stop,
               protocols::AdminHost* admin)
    : version_(version),
      on_stop_(std::move(on_stop)),
      admin_(admin),
      session_log_(log),
      memory_(log, config.budget.max_memory, [this] { relieve(workers_); }),
      workers_(make_workers(config, log, session_log_, memory_.budget())),
      listener_book_(registry_, workers_.size()),
      max_connections_(config.limits.max_connections),
      stopping_(workers_.size()),
      acceptor_host_{loop(),
                     log,
                     stopping_,
                     workers_.front()->events(),
                     {loop(), config.limits.max_connections},
                     {loop(), max_own_connections},
                     {},
                     [this](Accepted accepted) { hand_over(std::move(accepted)); },
                     [this](const protocols::Protocol& protocol) {
                       return workers_.front()->make_room_for(protocol);
                     }},
      health_(workers_, stopping_, acceptor_host_.places),
      tasks_(loop()),
      measures_(!config.metrics.address.empty()),
      measure_timer_(loop()),
      finished_(loop()) {
  register_figures();
  measure_timer_.reserve();
  for (const auto& worker : workers_) worker->set_measures(measures_);
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    acceptors_.push_back(std::make_unique<Acceptor>(
        acceptor_host_, make_listener(config.listeners[i]), std::move(sockets[i])));
  }
  // The threads give tickets back to the first worker's loop, which therefore runs last.
  threads_.emplace(workers_,
                   [this](const std::exception_ptr& failure) { worker_ends_.add(failure); });
}

// A loop that failed may still have sessions, which hold tickets: they are destroyed before the
// semaphores that the tickets go back to.
Server::~Server() {
  threads_.reset();
  workers_.resize(1);
}

streams::Task<void> Server::serve() {
  // Allocated in advance, so that the end cannot fail for lack of memory.
  streams::Task<void> finishing = streams::shield(finish());
  streams::Task<void> joining = tasks_.join();
  start_work();
  if (measures_) measure();
  try {
    start_all(acceptors_);
  } catch (...) {
    fail(std::current_exception());
  }
  const bool finished = co_await finished_.wait();
  if (!finished) {
    stop({});
    co_await std::move(finishing);
  }
  co_await std::move(joining);
  workers_.front()->mark_ended();
  threads_.reset();
  if (failure_) std::rethrow_exception(failure_);
}

// Shielded, for a serve() that was cancelled: its own waits are refused, and it still has to wait
// for the end.
streams::Task<void> Server::finish() { co_await finished_.wait(); }

// Of the acceptors; a worker has a timer of its own. Those that leave first: what is told of a
// name that has a successor is the successor's backlog.
void Server::measure() noexcept {
  for (const auto* acceptors : {&leaving_, &acceptors_}) {
    for (const auto& acceptor : *acceptors) acceptor->measure();
  }
  constexpr std::chrono::seconds interval{1};
  if (measures_ && !is_stopping()) measure_timer_.call_later(interval, [this] { measure(); });
}

Server::Stop Server::stop(Stopping::Request request) noexcept {
  const Stopping::Orders orders = stopping_.request(request, Stopping::Clock::now());
  if (orders.stop_accepting && on_stop_) on_stop_();
  carry_out(orders);
  if (orders.abort) return Stop::aborts;
  return orders.stop_accepting ? Stop::began : Stop::goes_on;
}

void Server::fail(std::exception_ptr failure) noexcept {
  report_failure(acceptor_host_.log, failure);
  if (!failure_) failure_ = std::move(failure);
  stop({});
}

void Server::carry_out(const Stopping::Orders& orders) noexcept {
  if (orders.stop_accepting) {
    measure_timer_.cancel();
    stop_accepting(Stopping::Of::clients);
  }
  if (orders.abort) {
    for (const auto& worker : workers_) worker->abort();
  }
  if (orders.end_intake) {
    for (const auto& worker : workers_) worker->end_intake();
  }
  if (orders.stop_own_accepting) stop_accepting(Stopping::Of::own);
  if (orders.end_own_intake) workers_.front()->end_own_intake();
  if (orders.finish) finished_.set();
}

void Server::stop_accepting(Stopping::Of of) noexcept {
  for (const auto* acceptors : {&acceptors_, &leaving_}) {
    for (const auto& acceptor : *acceptors) {
      if (acceptor->of() == of) acceptor->stop();
    }
  }
}

std::unique_ptr<const Listener> Server::make_listener(const config::Listener& settings) {
  const protocols::Protocol& protocol = protocol_of(settings);
  const protocols::Context context{version_,  protocols::options_for(protocol, settings.options),
                                   registry_, std::chrono::system_clock::now,
                                   admin_,    &health_};
  // The daemon's own business is no visit, and counted as none.
  auto figures = protocol.own ? nullptr : listener_book_.figures_of(settings.name);
  return std::make_unique<Listener>(settings, protocol, context, std::move(figures));
}

void Server::register_figures() {
  namespace families = insight::families;
  registry_.declare(families::all);
  const auto started = std::chrono::steady_clock::now();
  registry_.add(families::uptime, {}, [started] {
    const auto uptime = std::chrono::steady_clock::now() - started;
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(uptime).count());
  });
  registry_.add(families::workers, {}, [this] { return std::uint64_t{workers_.size()}; });
  registry_.add(families::connections_max, {},
                [this] { return std::uint64_t{max_connections_.load()}; });
  registry_.add(families::accept_errors, {}, acceptor_host_.errors);
  memory_.add_to(registry_);
  for (const auto& worker : workers_) worker->add_to(registry_);
}

void Server::start(Acceptor& acceptor) {
  if (!stopping_.acceptor_starts(acceptor.of())) return;
  try {
    tasks_.spawn(accept(acceptor, acceptor.run()),
                 "acceptor of " + acceptor.listener().settings.name);
  } catch (...) {
    carry_out(stopping_.acceptor_ended(acceptor.of()));
    throw;
  }
}

// A reload has empty entries, for the acceptors that are kept and run already.
void Server::start_all(std::span<const std::unique_ptr<Acceptor>> acceptors) {
  for (const auto& acceptor : acceptors) {
    if (acceptor) start(*acceptor);
  }
}

streams::Task<void> Server::accept(Acceptor& acceptor, streams::Task<void> run) {
  try {
    co_await std::move(run);
  } catch (...) {
    fail(std::current_exception());
  }
  carry_out(stopping_.acceptor_ended(acceptor.of()));
}

// What cannot begin has ended, and the others with it.
void Server::start_work() noexcept {
  try {
    tasks_.spawn(work(), "worker");
  } catch (...) {
    fail(std::current_exception());
    carry_out(stopping_.worker_ended());
  }
  try {
    tasks_.spawn(work_for_own(), "the daemon's own");
  } catch (...) {
    fail(std::current_exception());
    carry_out(stopping_.own_ended());
  }
}

streams::Task<void> Server::work() {
  try {
    co_await workers_.front()->run();
  } catch (...) {
    fail(std::current_exception());
  }
  carry_out(stopping_.worker_ended());
}

streams::Task<void> Server::work_for_own() {
  try {
    co_await workers_.front()->run_own();
  } catch (...) {
    fail(std::current_exception());
  }
  carry_out(stopping_.own_ended());
}

void Server::WorkerEnds::add(std::exception_ptr failure) noexcept {
  if (failure) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
  }
  request();
}

void Server::WorkerEnds::call(std::size_t ends) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (failure_) server_.fail(std::exchange(failure_, nullptr));
  }
  for (; ends != 0; --ends) server_.carry_out(server_.stopping_.worker_ended());
}

void Server::hand_over(Accepted accepted) {
  // What it asks about is on this thread.
  if (accepted.listener->protocol.own) return workers_.front()->adopt(std::move(accepted));
  Worker& worker = *workers_[next_worker_];
  next_worker_ = next_worker_ + 1 == workers_.size() ? 0 : next_worker_ + 1;
  worker.adopt(std::move(accepted));
}

}  // namespace server::serving
