// start_server(): where it listens, and what it throws.
#include <filesystem>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

#include "streams/listen.hpp"
#include "streams/server.hpp"
#include "tests/streams/death.hpp"
#include "tests/streams/served.hpp"

using namespace tests;
using streams::Endpoint;
using streams::EventLoop;
using streams::HostPort;
using streams::Opened;
using streams::Server;
using streams::start_server;
using streams::Task;

TEST_CASE("a name is listened on at all of its addresses, with one port", "[server]") {
  EventLoop loop;
  const auto names = [](EventLoop& on) -> Task<std::vector<Endpoint>> {
    Seen seen;
    auto starting = start_server(on, HostPort("localhost", 0), echo_into(seen));
    const std::unique_ptr<Server> server = co_await std::move(starting);
    server->close();
    co_await server->wait_closed();
    co_return server->socknames();
  };
  const std::vector<Endpoint> endpoints = tests::run(loop, names(loop));
  REQUIRE_FALSE(endpoints.empty());
  for (const Endpoint& endpoint : endpoints) {
    CHECK(endpoint.port() == endpoints.front().port());
    CHECK(endpoint.port() != 0);
  }
}

TEST_CASE("an address that cannot be listened on throws, and says which", "[server]") {
  EventLoop loop;
  const auto start_two = [](EventLoop& on) -> Task<void> {
    Seen seen;
    auto starting = start_server(on, HostPort("127.0.0.1", 0), echo_into(seen));
    const std::unique_ptr<Server> server = co_await std::move(starting);
    auto again =
        start_server(on, HostPort("127.0.0.1", server->sockname().port()), echo_into(seen));
    std::string what;
    try {
      co_await std::move(again);
    } catch (const streams::ListenError& error) {
      CHECK(error.code() == std::errc::address_in_use);
      what = error.what();
    }
    CHECK(what == server->sockname().to_string() + ": Address already in use");
    auto unknown = start_server(on, HostPort("no.such.host.invalid", 1), echo_into(seen));
    try {
      co_await std::move(unknown);
      FAIL("a name that nobody has was resolved");
    } catch (const std::system_error& error) {
      CHECK_THAT(error.what(), Catch::Matchers::StartsWith("no.such.host.invalid:1: "));
    }
    server->close();
    co_await server->wait_closed();
  };
  tests::run(loop, start_two(loop));
}

TEST_CASE("a limit of 0 is refused before there is a connection", "[server]") {
  EventLoop loop;
  const auto start = [](EventLoop& on) -> Task<void> {
    Seen seen;
    streams::ServerOptions options;
    options.streams.limit = 0;
    auto starting = start_server(on, HostPort("127.0.0.1", 0), echo_into(seen), options);
    co_await std::move(starting);
  };
  CHECK_THROWS_AS(tests::run(loop, start(loop)), std::invalid_argument);
}

TEST_CASE("a Unix path is served, removed at the end, and taken over from who was killed",
          "[server]") {
  const std::string path = "/tmp/streams_server_test." + std::to_string(::getpid());
  EventLoop loop;
  const auto use = [](EventLoop& on, std::string name) -> Task<void> {
    Seen seen;
    auto starting = start_server(on, streams::UnixPath(name), echo_into(seen));
    const std::unique_ptr<Server> server = co_await std::move(starting);
    auto opening = open_connection(on, streams::UnixPath(name));
    const Opened opened = co_await std::move(opening);
    REQUIRE_FALSE(opened.ec);
    co_await expect(*opened.connection, "a\n", "a\n");
    CHECK_THROWS_AS(streams::listen_unix(name, 1), std::system_error);
    co_await close(*opened.connection);
    server->close();
    co_await server->wait_closed();
    CHECK_FALSE(std::filesystem::exists(name));
  };
  tests::run(loop, use(loop, path));
  CHECK_FALSE(std::filesystem::exists(path));
  // One whose file stays, as a killed process leaves it.
  {
    streams::UnixListening left = streams::listen_unix(path, 1);
    std::filesystem::rename(path, path + ".kept");
  }
  std::filesystem::rename(path + ".kept", path);
  tests::run(loop, use(loop, path));
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a server that is destroyed while it serves is a misuse that ends the process",
          "[server]") {
  const auto forget = [] {
    EventLoop loop;
    const auto start = [](EventLoop& on) -> Task<void> {
      Seen seen;
      auto starting = start_server(on, HostPort("127.0.0.1", 0), echo_into(seen));
      co_await std::move(starting);
    };
    loop.run(start(loop));
  };
  CHECK(dies(forget, "wait_closed() first"));
}
