#include "streams/server.hpp"

#include <cerrno>
#include <exception>
#include <limits>
#include <new>
#include <utility>

#include "streams/listen.hpp"
#include "streams/misuse.hpp"
#include "streams/resolve.hpp"
#include "streams/shield.hpp"
#include "streams/sleeper.hpp"
#include "streams/timeout.hpp"

namespace streams {

/// One connection: its handler, then its closing. Owns itself, and is gone when it is closed.
class Server::Client final : public TaskGroup::Member, private TaskObserver {
 public:
  Client(Server& server, ListeningSocket::Result accepted, Permit permit)
      : Member(server.clients_),
        server_(server),
        connection_(server.loop_, std::move(accepted.socket), accepted.peer,
                    server.options_.streams),
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
    run(scope().cancelled() ? close_quickly() : close_patiently());
  } catch (...) {
    fail();
  }
  // What comes of it is for nobody to know any more.
  Task<void> close_patiently() { co_await connection_.wait_closed(); }
  Task<void> close_quickly() {
    auto closing = connection_.wait_closed(Connection::WaitFor::quiet);
    co_await shield(
        with_timeout(server_.loop_, server_.options_.streams.close_timeout, std::move(closing)));
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
  co_await accepting_.join();
  closed_ = true;
  co_await clients_.join();
}

void Server::close_clients() noexcept {
  clients_.for_each([](TaskGroup::Member& member) { static_cast<Client&>(member).close(); });
}

void Server::abort_clients() noexcept {
  clients_.for_each([](TaskGroup::Member& member) { static_cast<Client&>(member).abort(); });
}

Task<void> Server::accept_from_all() {
  TaskGroup group(loop_);
  // Before there is anybody to wait for.
  Task<void> joining = group.join();
  std::exception_ptr failure;
  try {
    for (ListeningSocket& socket : sockets_) group.spawn(accept_from(socket));
  } catch (...) {
    failure = std::current_exception();
    group.cancel();
  }
  co_await std::move(joining);
  path_.remove();
  if (failure) std::rethrow_exception(failure);
}

Task<void> Server::accept_from(ListeningSocket& socket) {
  Sleeper sleeper(loop_);
  for (;;) {
    const bool some = co_await socket.readable();
    if (!some) break;
    const Next next = co_await accept_waiting(socket);
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
  using Outcome = ListeningSocket::Outcome;
  for (int i = 0; i < ListeningSocket::accepts_per_turn; ++i) {
    Permit permit = co_await places_.acquire();
    if (!permit) co_return Next::end;
    const Outcome outcome = accept_one(socket, std::move(permit));
    if (outcome == Outcome::none_waits) co_return Next::wait_for_some;
    if (outcome == Outcome::exhausted) co_return Next::pause;
  }
  socket.assume_more();
  co_return Next::wait_for_some;
}

ListeningSocket::Outcome Server::accept_one(ListeningSocket& socket, Permit permit) {
  ListeningSocket::Result accepted = socket.accept();
  const ListeningSocket::Outcome outcome = ListeningSocket::outcome_of(accepted.error);
  if (outcome == ListeningSocket::Outcome::exhausted)
    report({accepted.error, std::system_category()});
  if (outcome != ListeningSocket::Outcome::accepted) return outcome;
  try {
    (new Client(*this, std::move(accepted), std::move(permit)))->serve();
    reported_ = false;
  } catch (const std::system_error& error) {
    report(error.code());
    return ListeningSocket::Outcome::exhausted;
  } catch (const std::bad_alloc&) {
    report(std::make_error_code(std::errc::not_enough_memory));
    return ListeningSocket::Outcome::exhausted;
  }
  return outcome;
}

// Once, until a connection could be accepted again.
void Server::report(std::error_code exhausted) noexcept {
  if (std::exchange(reported_, true)) return;
  loop_.call_exception_handler("cannot accept a connection, and goes on trying",
                               std::make_exception_ptr(std::system_error(exhausted, "accept")));
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
