// The Server: workers, acceptors and sessions, and the order in which they stop. Runs on the first
// worker's loop, whose thread is the caller's. Handles no signals, reads no files, knows no command
// line.
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "server/insight/listener_book.hpp"
#include "server/insight/log.hpp"
#include "server/insight/registry.hpp"
#include "server/insight/session_log.hpp"
#include "server/serving/acceptor.hpp"
#include "server/serving/listener.hpp"
#include "server/serving/memory.hpp"
#include "server/serving/server_health.hpp"
#include "server/serving/stopping.hpp"
#include "server/serving/threads.hpp"
#include "server/serving/worker.hpp"
#include "server/sockets/bound_socket.hpp"
#include "streams/event.hpp"
#include "streams/threadsafe_call.hpp"
#include "streams/timer.hpp"

namespace server::serving {

class Server {
 public:
  /// `sockets` are those of the configuration's listeners, in their order; connections wait in the
  /// backlog until serve(). All threads run on return. Throws std::runtime_error with a text for
  /// the operator. `version` is static. `on_stop` is told of the stop when it begins, whoever asked
  /// for it, on the loop's thread; it does not throw. `admin` answers those who administer; it is
  /// asked on the loop's thread, while serve() runs.
  Server(const config::Config& config, std::vector<std::vector<sockets::BoundSocket>> sockets,
         std::string_view version, insight::Log& log, std::function<void()> on_stop,
         protocols::AdminHost* admin = nullptr);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// The loop to run serve() on; all that follows happens on its thread.
  streams::EventLoop& loop() noexcept { return workers_.front()->loop(); }
  /// Serves until stop(), and completes when the last session has ended; once. Cancelling it is a
  /// stop. Rethrows what made an acceptor or a worker fail, which is a stop, too.
  streams::Task<void> serve();

  /// Where a listener of a new configuration gets its sockets from.
  struct SocketsFrom {
    std::optional<std::size_t> kept;            ///< those of the keepable() of this index, or
    std::vector<sockets::BoundSocket> sockets;  ///< new ones
  };
  /// The acceptors whose sockets a new configuration may keep: acceptors(), and behind them those
  /// that leave, some of which may have ended. Indices hold until apply().
  std::vector<Acceptor*> keepable() const;
  /// Has the listeners of `config` accept, each on its sockets, and no others; applies limits and
  /// grace. Live sessions keep what they began with. What can fail does so, with an exception,
  /// before anything has changed. None that is kept may have ended.
  void apply(const config::Config& config, std::vector<SocketsFrom> sources);

  /// What a stop() has brought about.
  enum class Stop : std::uint8_t {
    began,    ///< it was the first
    goes_on,  ///< nothing: it repeats an earlier one
    aborts    ///< it was the second: what is left is reset
  };
  /// Closes the acceptors, then every session gracefully, within the configured grace, and then
  /// those of the daemon's own business; asked for again, resets what is left.
  Stop stop(Stopping::Request request) noexcept;
  /// The daemon cannot go on: logs that, and stops. serve() rethrows the first of these.
  void fail(std::exception_ptr failure) noexcept;
  bool is_stopping() const noexcept { return stopping_.state() != Stopping::State::running; }

  /// The acceptors, in the order of the configuration.
  const std::vector<std::unique_ptr<Acceptor>>& acceptors() const noexcept { return acceptors_; }
  const std::vector<std::unique_ptr<Worker>>& workers() const noexcept { return workers_; }
  /// All that the server counts, and what others add; any thread may read.
  insight::Registry& registry() noexcept { return registry_; }
  const insight::Registry& registry() const noexcept { return registry_; }

 private:
  /// How the workers on other threads tell of their ends.
  class WorkerEnds final : public streams::ThreadsafeCall {
   public:
    explicit WorkerEnds(Server& server) noexcept : ThreadsafeCall(server.loop()), server_(server) {}
    /// Any thread; the first failure stands.
    void add(std::exception_ptr failure) noexcept;

   private:
    void call(std::size_t ends) noexcept override;

    Server& server_;
    std::mutex mutex_;
    std::exception_ptr failure_;
  };

  std::unique_ptr<Acceptor>& kept_acceptor(std::size_t index) noexcept {
    return index < acceptors_.size() ? acceptors_[index] : leaving_[index - acceptors_.size()];
  }
  std::unique_ptr<const Listener> make_listener(const config::Listener& settings);
  void register_figures();
  void end_own_sessions(const protocols::Protocol& protocol) noexcept;
  void measure() noexcept;
  void start(Acceptor& acceptor);
  void start_all(std::span<const std::unique_ptr<Acceptor>> acceptors);
  void stop_accepting(Stopping::Of of) noexcept;
  streams::Task<void> accept(Acceptor& acceptor, streams::Task<void> run);
  void start_work() noexcept;
  streams::Task<void> work();
  streams::Task<void> work_for_own();
  streams::Task<void> finish();
  void carry_out(const Stopping::Orders& orders) noexcept;
  void hand_over(Accepted accepted);

  const std::string_view version_;
  const std::function<void()> on_stop_;
  protocols::AdminHost* const admin_;
  insight::Registry registry_;
  insight::SessionLog session_log_;
  Memory memory_;
  std::vector<std::unique_ptr<Worker>> workers_;
  insight::ListenerBook listener_book_;
  std::atomic<std::size_t> max_connections_;
  Stopping stopping_;
  AcceptorHost acceptor_host_;
  ServerHealth health_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::vector<std::unique_ptr<Acceptor>>
      leaving_;               // until a reload finds that they may be destroyed
  streams::TaskGroup tasks_;  // the acceptors' and the first worker's two
  bool measures_;             // what costs something, too
  streams::Timer measure_timer_;
  streams::Event finished_;
  std::exception_ptr failure_;
  std::size_t next_worker_ = 0;
  WorkerEnds worker_ends_{*this};
  std::optional<Threads> threads_;
};

}  // namespace server::serving
