// start_server: asyncio's. Accepts connections and calls a handler for each, with the connection's
// reader and writer:
//
//     Task<void> echo(StreamReader& reader, StreamWriter& writer) { ... }
//
//     auto server = co_await start_server(loop, HostPort("localhost", 7007), echo);
//     co_await server->serve_forever();
//
// A handler's connection is closed when the handler returns: what was written is sent, then FIN, as
// by close() and wait_closed(). Where asyncio leaves a connection open that its handler has not
// closed, here the server owns it. A handler that is cancelled has its connection closed, too,
// without waiting for the peer's FIN, within close_timeout; so is one that has already returned and
// whose connection is being closed when the server is cancelled. One that throws is reported to the
// loop's exception handler and its connection is reset, lest what was cut short look complete;
// nobody else is touched.
//
// Pinned; the loop's thread only. It outlives its handlers: destroy it after wait_closed() or
// serve_forever() has returned. Destroying it before calls fatal_misuse().
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <vector>

#include "streams/address.hpp"
#include "streams/connection.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/listening_socket.hpp"
#include "streams/owned_path.hpp"
#include "streams/semaphore.hpp"
#include "streams/sleeper.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"
#include "streams/unique_fd.hpp"

namespace streams {

/// Called for each connection; what it refers to outlives the Server. A lambda with captures is no
/// coroutine itself but calls one, with what that needs:
///
///     [&room](StreamReader& reader, StreamWriter& writer) { return chat(reader, writer, room); }
///
/// Reader and writer live until the Task has ended. What it throws is reported.
using ConnectionHandler = std::function<Task<void>(StreamReader&, StreamWriter&)>;

/// What a server is made with.
struct ServerOptions {
  ServerOptions() = default;
  /// Connections at a time, those that are being closed included; 0 is no bound. With none free the
  /// next ones wait in the kernel's backlog and are taken as others end.
  std::size_t max_connections = 0;
  int backlog = 100;      ///< of listen(2); asyncio's
  StreamOptions streams;  ///< of each connection
};

class Server {
 public:
  /// Starts to accept from `sockets`, which listen and are non-blocking, for start_server() and for
  /// who has sockets from elsewhere, such as systemd. `path` is removed with the last of them.
  /// Throws std::system_error when the loop cannot watch them, std::bad_alloc, and
  /// std::invalid_argument for a limit of 0.
  Server(EventLoop& loop, std::vector<UniqueFd> sockets, ConnectionHandler handler,
         ServerOptions options = {}, OwnedPath path = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Takes nobody any more, and stops listening in the loop's next turn. Who waits in the backlog
  /// is reset; connections that were taken go on, and their handlers run: asyncio's.
  void close() noexcept;
  /// Whether it accepts connections: false from close() on.
  bool is_serving() const noexcept { return !closed_; }

  /// Waits for close(), then until every handler has returned and its connection is closed:
  /// asyncio's since Python 3.12. Cancelling who waits is close() and cancels the handlers, and
  /// still waits for them; what they have written still arrives, within close_timeout. Once it has
  /// returned, it returns at once. Misuse while another waits. Throws std::bad_alloc: before it
  /// waits for anything, or where there was no memory to begin to accept.
  Task<void> wait_closed();
  /// The same, in asyncio's word for a program that does nothing else: serves until it is cancelled
  /// or close() is called.
  Task<void> serve_forever() { return wait_closed(); }

  /// close() of every writer: readers come to their end, and handlers that read return. As
  /// asyncio's since Python 3.13; close() comes first, or there may be more.
  void close_clients() noexcept;
  /// abort() of every writer: pending reads and drains get an error.
  void abort_clients() noexcept;
  /// Connections at present, those that are being closed included.
  std::size_t connections() const noexcept { return connections_; }

  /// Where it listens, or did before close(): one for each address of the name, with the port that
  /// the kernel chose for port 0, which is the same for all. Not empty.
  const std::vector<Endpoint>& socknames() const noexcept { return socknames_; }
  /// The first of them.
  const Endpoint& sockname() const noexcept { return socknames_.front(); }

 private:
  class Client;

  /// What to do after those who waited were taken.
  enum class Next : std::uint8_t { wait_for_some, pause, end };

  Task<void> accept_from_all();
  /// Survives every error of accept(2), and lack of memory: `sleeper` needs none.
  Task<void> accept_from(ListeningSocket& socket, Sleeper& sleeper);
  /// Takes those who wait, up to a turn's worth.
  Task<Next> accept_waiting(ListeningSocket& socket);
  ListeningSocket::AcceptStatus accept_one(ListeningSocket& socket, Permit permit);
  void report(std::error_code exhausted) noexcept;

  EventLoop& loop_;
  const ConnectionHandler handler_;
  const ServerOptions options_;
  std::vector<Endpoint> socknames_;
  std::list<ListeningSocket> sockets_;
  OwnedPath path_;
  std::size_t connections_ = 0;
  bool closed_ = false;
  bool reported_ = false;  // that a resource is exhausted, since it was not
  Semaphore places_;
  TaskGroup accepting_;
  TaskGroup clients_;
};

/// Listens on every endpoint of `address` (those that this host does not have are left out, as long
/// as it has one) and starts to accept. Throws what a program rarely goes on from: ListenError or
/// another std::system_error where the name cannot be resolved or the address not be listened on,
/// `127.0.0.1:80: Permission denied`, std::bad_alloc, and std::invalid_argument for a limit of 0.
/// On a Unix path it may block for a moment: listen_unix(). Cancelled while it looks up the name: a
/// std::system_error of std::errc::operation_canceled.
Task<std::unique_ptr<Server>> start_server(EventLoop& loop, Address address,
                                           ConnectionHandler handler, ServerOptions options = {});

}  // namespace streams
