#include "streams/server.hpp"

#include <cerrno>
#include <chrono>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

#include "streams/connect.hpp"
#include "tests/streams/served.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::Error;
using streams::EventLoop;
using streams::HostPort;
using streams::Opened;
using streams::Server;
using streams::ServerOptions;
using streams::start_server;
using streams::Task;

namespace {

/// accept4(2) that failed for want of a descriptor.
int refused_accepts = 0;

}  // namespace

/// In the place of libc's, for all of the test program.
extern "C" int accept4(int fd, sockaddr* from, socklen_t* size, int flags) {
  const auto accepted = static_cast<int>(::syscall(SYS_accept4, fd, from, size, flags));
  if (accepted < 0 && errno == EMFILE) ++refused_accepts;
  return accepted;
}

namespace {

using Body = Task<void> (*)(EventLoop&, Server&, Seen&);

Task<void> serve(EventLoop& loop, Seen& seen, ServerOptions options, Body body) {
  auto starting = start_server(loop, HostPort("127.0.0.1", 0), echo_into(seen), options);
  const std::unique_ptr<Server> server = co_await std::move(starting);
  co_await body(loop, *server, seen);
  server->close();
  co_await server->wait_closed();
}

Task<void> close_all(std::unique_ptr<Server>& server, int& begun) {
  ++begun;
  server->close();
  server->close_clients();
  co_return;
}

/// Has a reply of which much is unsent when its handler has returned.
Task<void> have_much_unsent(EventLoop& loop, streams::Connection& client, Seen& seen) {
  client.writer().write("flood\n");
  client.writer().write_eof();
  co_await tests::until(loop, [&seen] { return !seen.ended.empty(); });
}

Task<void> cancel_serving(EventLoop& loop, Server& server) {
  streams::TaskGroup group(loop);
  group.spawn(server.serve_forever());
  co_await tests::turn(loop);
  group.cancel();
  co_await group.join();
}

/// Runs `body` beside a server of echo().
void with_server(Body body, ServerOptions options = {}) {
  EventLoop loop;
  Seen seen;
  loop.set_exception_handler([&seen](const char* where, const std::exception_ptr& exception) {
    try {
      std::rethrow_exception(exception);
    } catch (const std::exception& what) {
      seen.reported.push_back(std::string(where) + ": " + what.what());
    }
  });
  tests::run(loop, serve(loop, seen, options, body));
}

}  // namespace

TEST_CASE("each connection has a handler, and is closed when that returns", "[server]") {
  with_server([](EventLoop& loop, Server& server, Seen& seen) -> Task<void> {
    const Client one = co_await connect(loop, server);
    const Client two = co_await connect(loop, server);
    co_await expect(*two, "two\n", "two\n");
    co_await expect(*one, "one\n", "one\n");
    CHECK(seen.begun == 2);
    CHECK(server.connections() == 2);
    co_await expect(*one, "bye\n", "bye\n");
    co_await expect(*one, "", end);
    co_await close(*one);
    co_await tests::until(loop, [&server] { return server.connections() == 1; });
    co_await close(*two);
    co_await tests::until(loop, [&server] { return server.connections() == 0; });
  });
}

TEST_CASE("close stops listening, and wait_closed waits for the handlers that run", "[server]") {
  with_server([](EventLoop& loop, Server& server, Seen& seen) -> Task<void> {
    const Client client = co_await connect(loop, server);
    co_await expect(*client, "a\n", "a\n");
    CHECK(server.is_serving());
    server.close();
    CHECK_FALSE(server.is_serving());
    streams::TaskGroup group(loop);
    auto closed = group.spawn(server.wait_closed());
    co_await tests::several_turns(loop);
    auto opening = open_connection(loop, HostPort("127.0.0.1", server.sockname().port()));
    const Opened refused = co_await std::move(opening);
    CHECK(refused.ec == std::errc::connection_refused);
    co_await expect(*client, "b\n", "b\n");
    CHECK_FALSE(closed.done());
    co_await close(*client);
    co_await group.join();
    CHECK(seen.ended == std::vector<std::error_code>{Error::end_of_stream});
    CHECK(server.connections() == 0);
  });
}

TEST_CASE("cancelling serve_forever ends listening and handlers, and what they wrote arrives",
          "[server]") {
  with_server([](EventLoop& loop, Server& server, Seen& seen) -> Task<void> {
    const Client client = co_await connect(loop, server);
    co_await expect(*client, "a\n", "a\n");
    streams::TaskGroup group(loop);
    group.spawn(server.serve_forever());
    co_await tests::turn(loop);
    client->writer().write("last\n");
    co_await tests::until(loop, [&client] { return client->writer().pending() == 0; });
    co_await tests::several_turns(loop);
    group.cancel();
    co_await group.join();
    CHECK(seen.ended == std::vector{streams::make_cancelled()});
    CHECK_FALSE(server.is_serving());
    co_await expect(*client, "", "last\n");
    co_await expect(*client, "", end);
    CHECK(seen.reported.empty());
  });
}

TEST_CASE("what a cancelled handler has written and is unsent still arrives", "[server]") {
  with_server([](EventLoop& loop, Server& server, Seen& seen) -> Task<void> {
    const Client client = co_await connect(loop, server);
    streams::TaskGroup group(loop);
    group.spawn(server.serve_forever());
    client->writer().write("flood\n");
    co_await until(loop, [&seen] { return seen.flooded; });
    group.cancel();
    const streams::Chunk all = co_await client->reader().read_to_end(2 * flood);
    CHECK_FALSE(all.ec);
    CHECK(all.data.size() == flood);
    co_await group.join();
  });
}

TEST_CASE("what a handler has left unsent still arrives when the server is cancelled", "[server]") {
  with_server([](EventLoop& loop, Server& server, Seen& seen) -> Task<void> {
    const Client client = co_await connect(loop, server);
    co_await have_much_unsent(loop, *client, seen);
    streams::TaskGroup group(loop);
    group.spawn(cancel_serving(loop, server));
    const streams::Chunk all = co_await client->reader().read_to_end(2 * flood);
    CHECK_FALSE(all.ec);
    CHECK(all.data.size() == flood);
    co_await group.join();
  });
}

TEST_CASE("a server that is cancelled no longer waits for the FIN of a peer", "[server]") {
  ServerOptions options;
  options.streams.close_timeout = 1h;
  with_server(
      [](EventLoop& loop, Server& server, Seen&) -> Task<void> {
        const Client client = co_await connect(loop, server);
        co_await expect(*client, "bye\n", "bye\n");
        co_await expect(*client, "", end);
        co_await cancel_serving(loop, server);
        CHECK(server.connections() == 0);
      },
      options);
}

TEST_CASE("a peer that does not read is reset within close_timeout of the cancelling", "[server]") {
  ServerOptions options;
  // The second is more than the watchdog waits for one that has no room.
  for (const auto close_timeout : {0ms, 900ms}) {
    options.streams.close_timeout = close_timeout;
    with_server(
        [](EventLoop& loop, Server& server, Seen& seen) -> Task<void> {
          const Client client = co_await connect(loop, server);
          client->writer().write("flood\n");
          co_await until(loop, [&seen] { return seen.flooded; });
          co_await cancel_serving(loop, server);
          const streams::Chunk all = co_await client->reader().read_to_end(2 * flood);
          CHECK(all.ec == std::errc::connection_reset);
        },
        options);
  }
}

TEST_CASE("nobody is taken after close, also where a handler calls it", "[server]") {
  EventLoop loop;
  tests::run(loop, [](EventLoop& on) -> Task<void> {
    std::unique_ptr<Server> server;
    int begun = 0;
    const auto handler = [&](streams::StreamReader&, streams::StreamWriter&) {
      return close_all(server, begun);
    };
    auto starting = start_server(on, HostPort("127.0.0.1", 0), handler);
    server = co_await std::move(starting);
    // Both are in the backlog when the loop looks, and have ended.
    for (int i = 0; i < 2; ++i) streams::begin_connect(server->sockname(), {}).fd.reset();
    co_await server->wait_closed();
    CHECK(begun == 1);
  }(loop));
}

TEST_CASE("a handler that throws is reported once, and its connection is reset", "[server]") {
  with_server([](EventLoop& loop, Server& server, Seen& seen) -> Task<void> {
    const Client other = co_await connect(loop, server);
    const Client client = co_await connect(loop, server);
    const std::string reply = co_await ask(*client, "throw\n");
    CHECK(reply == std::make_error_code(std::errc::connection_reset).message());
    CHECK(seen.reported == std::vector<std::string>{"in the handler of a connection: on purpose"});
    co_await expect(*other, "still here\n", "still here\n");
    co_await close(*other);
  });
}

TEST_CASE("more connections than may be wait until others have ended", "[server]") {
  ServerOptions options;
  options.max_connections = 1;
  with_server(
      [](EventLoop& loop, Server& server, Seen& seen) -> Task<void> {
        const Client first = co_await connect(loop, server);
        const Client second = co_await connect(loop, server);
        co_await expect(*first, "a\n", "a\n");
        second->writer().write("b\n");
        co_await tests::several_turns(loop);
        CHECK(seen.begun == 1);
        co_await close(*first);
        co_await expect(*second, "", "b\n");
        co_await close(*second);
      },
      options);
}

TEST_CASE("close_clients ends what handlers read, abort_clients resets", "[server]") {
  with_server([](EventLoop& loop, Server& server, Seen& seen) -> Task<void> {
    const Client one = co_await connect(loop, server);
    co_await expect(*one, "a\n", "a\n");
    server.close_clients();
    co_await expect(*one, "", end);
    co_await close(*one);
    CHECK(seen.ended == std::vector<std::error_code>{Error::end_of_stream});
    const Client two = co_await connect(loop, server);
    co_await expect(*two, "a\n", "a\n");
    server.abort_clients();
    co_await expect(*two, "", std::make_error_code(std::errc::connection_reset).message());
    CHECK(seen.ended.back() == std::errc::connection_aborted);
  });
}

TEST_CASE("out of descriptors it says so once, and goes on when there are some", "[server]") {
  with_server([](EventLoop& loop, Server& server, Seen& seen) -> Task<void> {
    const Client client = co_await connect(loop, server);
    co_await expect(*client, "a\n", "a\n");
    auto waiting = streams::begin_connect(server.sockname(), {});
    refused_accepts = 0;
    rlimit usual{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &usual) == 0);
    const rlimit none{3, usual.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    co_await tests::until(loop, [&seen] { return !seen.reported.empty(); });
    co_await expect(*client, "still here\n", "still here\n");
    co_await tests::until(loop, [] { return refused_accepts >= 3; });
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &usual) == 0);
    co_await tests::until(loop, [&seen] { return seen.begun == 2; });
    CHECK(seen.reported.size() == 1);
    waiting.fd.reset();
    co_await close(*client);
  });
}
