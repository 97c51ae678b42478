#include "streams/server.hpp"

#include <cerrno>
#include <deque>
#include <exception>
#include <limits>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

#include "streams/listen.hpp"
#include "streams/misuse.hpp"
#include "streams/resolve.hpp"
#include "streams/shield.hpp"
#include "streams/timer.hpp"

namespace streams {

/// One connection: its handler, then its closing. Owns itself, and is gone when it is closed.
class Server::Client final : public TaskGroup::Member, private TaskObserver, private Cancellable {
 public:
  Client(Server& server, ListeningSocket::Result accepted, Permit permit)
      : Member(server.clients_),
        server_(server),
        connection_(server.loop_, accepted.socket.take(), accepted.peer, server.options_.streams),
        permit_(std::move(permit)) {
    ++server_.connections_;
  }

  /// May be gone when it returns.
  void serve() noexcept try {
    run(server_.handler_(connection_.reader(), connection_.writer()));
  } catch (...) {
    fail();
  }
  void close() noexcept { connection_.writer().close(); }
  void abort() noexcept { connection_.writer().abort(); }

 private:
  ~Client() { --server_.connections_; }

  void run(Task<void> task) {
    task_ = std::move(task);
    start(task_, *this);
  }
  void task_done() noexcept override {
    try {
      task_.take();
    } catch (...) {
      return fail();
    }
    is_closing_ ? finish() : wait_closed();
  }
  void wait_closed() noexcept try {
    is_closing_ = true;
    close();
    run(close_connection());
  } catch (...) {
    fail();
  }
  // What comes of it is for nobody to know any more. Cancelled it only hurries: what was written
  // still arrives.
  Task<void> close_connection() {
    using WaitFor = Connection::WaitFor;
    auto closing =
        shield(connection_.wait_closed(scope().cancelled() ? WaitFor::quiet : WaitFor::fin));
    if (!scope().enter(*this)) limit_closing();
    co_await std::move(closing);
    scope().leave();
  }
  void cancel_wait() noexcept override {
    connection_.stop_waiting_for_fin();
    limit_closing();
  }
  // Whatever the peer still reads, and how slowly. With a close_timeout of 0 the patience for a
  // peer that reads nothing ends at the first look, and what the kernel has need not be lost.
  void limit_closing() noexcept try {
    const auto most = server_.options_.streams.close_timeout;
    if (most <= most.zero()) return;
    deadline_.emplace(server_.loop_);
    deadline_->call_later(most, [this] { abort(); });
  } catch (const std::bad_alloc&) {
    abort();
  }
  void fail() noexcept {
    server_.loop_.call_exception_handler("in the handler of a connection",
                                         std::current_exception());
    abort();
    finish();
  }
  void finish() noexcept { delete this; }

  Server& server_;
  Connection connection_;
  const Permit permit_;
  Task<void> task_;
  std::optional<Timer> deadline_;  // of the closing, once it is cancelled
  bool is_closing_ = false;
};

Server::Server(EventLoop& loop, std::vector<UniqueFd> sockets, ConnectionHandler handler,
               ServerOptions options, OwnedPath path)
    : loop_(loop),
      handler_(std::move(handler)),
      options_(options),
      path_(std::move(path)),
      places_(loop, options_.max_connections == 0 ? std::numeric_limits<std::size_t>::max()
                                                  : options_.max_connections),
      accepting_(loop),
      clients_(loop) {
  if (sockets.empty() || !handler_) misuse("a Server without a socket or without a handler");
  if (options_.streams.limit == 0) {
    throw std::invalid_argument("Server: the streams' limit must be at least 1");
  }
  for (UniqueFd& socket : sockets) {
    socknames_.push_back(Endpoint::of_socket(socket.get()));
    sockets_.emplace_back(loop, std::move(socket));
  }
  accepting_.spawn(accept_from_all(), "accepting");
}

Server::~Server() {
  if (accepting_.empty() && clients_.empty()) return;
  fatal_misuse("a Server was destroyed while it serves; close() it and await wait_closed() first");
}

void Server::close() noexcept {
  closed_ = true;
  accepting_.cancel();
}

Task<void> Server::wait_closed() {
  // Before there is anybody to wait for.
  Task<void> accepting = accepting_.join();
  Task<void> clients = clients_.join();
  std::exception_ptr failure;
  try {
    co_await std::move(accepting);
  } catch (...) {
    // Those who were taken still have to end.
    failure = std::current_exception();
  }
  closed_ = true;
  co_await std::move(clients);
  if (failure) std::rethrow_exception(failure);
}

void Server::close_clients() noexcept {
  clients_.for_each([](TaskGroup::Member& member) { static_cast<Client&>(member).close(); });
}

void Server::abort_clients() noexcept {
  clients_.for_each([](TaskGroup::Member& member) { static_cast<Client&>(member).abort(); });
}

Task<void> Server::accept_from_all() {
  TaskGroup group(loop_);
  std::deque<Sleeper> sleepers;
  // Before there is anybody to wait for.
  Task<void> joining = group.join();
  std::exception_ptr failure;
  try {
    for (ListeningSocket& socket : sockets_) {
      Sleeper& sleeper = sleepers.emplace_back(loop_);
      group.spawn(accept_from(socket, sleeper));
    }
  } catch (...) {
    failure = std::current_exception();
    group.cancel();
  }
  co_await std::move(joining);
  path_.remove();
  if (failure) std::rethrow_exception(failure);
}

Task<void> Server::accept_from(ListeningSocket& socket, Sleeper& sleeper) {
  for (;;) {
    const bool some = co_await socket.readable();
    // It may have been told in the turn of close().
    if (!some || closed_) break;
    Next next = Next::pause;
    try {
      next = co_await accept_waiting(socket);
    } catch (const std::bad_alloc&) {
      report(std::make_error_code(std::errc::not_enough_memory));
    }
    if (next == Next::end) break;
    if (next == Next::pause) {
      const bool slept = co_await sleeper.sleep_for(ListeningSocket::exhaustion_pause);
      if (!slept) break;
      socket.assume_more();
    }
  }
  socket.close();
}

Task<Server::Next> Server::accept_waiting(ListeningSocket& socket) {
  using AcceptStatus = ListeningSocket::AcceptStatus;
  for (int i = 0; i < ListeningSocket::accepts_per_turn; ++i) {
    Permit permit = co_await places_.acquire();
    // A handler may have called close(), or it came after the permit.
    if (!permit || closed_) co_return Next::end;
    const AcceptStatus status = accept_one(socket, std::move(permit));
    if (status == AcceptStatus::none_waits) co_return Next::wait_for_some;
    if (status == AcceptStatus::exhausted) co_return Next::pause;
  }
  socket.assume_more();
  co_return Next::wait_for_some;
}

ListeningSocket::AcceptStatus Server::accept_one(ListeningSocket& socket, Permit permit) {
  ListeningSocket::Result accepted = socket.accept();
  const ListeningSocket::AcceptStatus status = ListeningSocket::accept_status(accepted.error);
  if (status == ListeningSocket::AcceptStatus::exhausted)
    report({accepted.error, std::system_category()});
  if (status != ListeningSocket::AcceptStatus::accepted) return status;
  try {
    (new Client(*this, std::move(accepted), std::move(permit)))->serve();
    reported_ = false;
  } catch (const std::system_error& error) {
    report(error.code());
    return ListeningSocket::AcceptStatus::exhausted;
  } catch (const std::bad_alloc&) {
    report(std::make_error_code(std::errc::not_enough_memory));
    return ListeningSocket::AcceptStatus::exhausted;
  }
  return status;
}

// Once, until a connection could be accepted again.
void Server::report(std::error_code exhausted) noexcept {
  if (std::exchange(reported_, true)) return;
  try {
    throw std::system_error(exhausted, "accept");
  } catch (const std::exception&) {
    // Or std::bad_alloc, where there is no memory for its text.
    loop_.call_exception_handler("cannot accept a connection, and goes on trying",
                                 std::current_exception());
  }
}

Task<std::unique_ptr<Server>> start_server(EventLoop& loop, Address address,
                                           ConnectionHandler handler, ServerOptions options) {
  if (const auto* const unix_path = std::get_if<UnixPath>(&address)) {
    UnixListening listening = listen_unix(unix_path->path, options.backlog);
    std::vector<UniqueFd> sockets;
    sockets.push_back(std::move(listening.socket));
    co_return std::make_unique<Server>(loop, std::move(sockets), std::move(handler), options,
                                       std::move(listening.path));
  }
  const std::string name = to_string(address);
  auto resolving = resolve(loop, std::get<HostPort>(std::move(address)));
  const Resolved resolved = co_await std::move(resolving);
  if (resolved.ec) throw std::system_error(resolved.ec, name);
  Listening listening = listen_tcp(resolved.endpoints, options.backlog, true);
  co_return std::make_unique<Server>(loop, std::move(listening.sockets), std::move(handler),
                                     options);
}

}  // namespace streams
