#include "streams/connect.hpp"

#include <array>
#include <netinet/tcp.h>

#include "streams/resolve.hpp"
#include "streams/task_group.hpp"
#include "streams/timeout.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/tcp_targets.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::begin_connect;
using streams::Chunk;
using streams::Connecting;
using streams::ConnectOptions;
using streams::Endpoint;
using streams::EventLoop;
using streams::finish_connect;
using streams::Opened;
using streams::resolve;
using streams::Resolved;
using streams::Task;

namespace {

int tcp_option(int fd, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  REQUIRE(::getsockopt(fd, IPPROTO_TCP, name, &value, &size) == 0);
  return value;
}

}  // namespace

TEST_CASE("a connect on one machine is done at once, and has streams on it", "[connect]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    TcpListener listener;
    const Endpoint target = loopback(listener.port());
    Connecting connecting = begin_connect(target, {});
    CHECK_FALSE(connecting.ec);
    auto finishing = finish_connect(l, std::move(connecting), target);
    Opened opened = co_await std::move(finishing);
    CHECK_FALSE(opened.ec);
    REQUIRE(opened.connection);
    CHECK(opened.connection->writer().peername().to_string() == target.to_string());
    Peer peer(listener.accept());
    peer.send("hello\n");
    const Chunk line = co_await opened.connection->reader().readline();
    CHECK(line.data == "hello\n");
  }(loop));
}

TEST_CASE("the source address is the one asked for, with a port of the kernel's", "[connect]") {
  TcpListener listener;
  ConnectOptions options;
  options.source = loopback(0, 2);
  const Connecting connecting = begin_connect(loopback(listener.port()), options);
  CHECK_FALSE(connecting.ec);
  const Endpoint own = Endpoint::of_socket(connecting.fd.get());
  CHECK(own.to_string().find("127.0.0.2:") == 0);
  CHECK(own.port() != 0);
}

TEST_CASE("a source address that is not this machine's is an error_code", "[connect]") {
  TcpListener listener;
  sockaddr_storage storage{};
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&storage);
  v4->sin_family = AF_INET;
  v4->sin_addr.s_addr = htonl(0xc0000201U);  // 192.0.2.1, RFC 5737
  ConnectOptions options;
  options.source = Endpoint(storage);
  const Connecting connecting = begin_connect(loopback(listener.port()), options);
  CHECK(connecting.ec == std::errc::address_not_available);
}

TEST_CASE("TCP_NODELAY is as asked for", "[connect]") {
  TcpListener listener;
  for (const bool nodelay : {true, false}) {
    ConnectOptions options;
    options.socket.nodelay = nodelay;
    const Connecting connecting = begin_connect(loopback(listener.port()), options);
    CHECK((tcp_option(connecting.fd.get(), TCP_NODELAY) != 0) == nodelay);
  }
}

TEST_CASE("a connect that is refused is an error_code, at once or when it is finished",
          "[connect]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const std::uint16_t port = refusing_port();
    Connecting connecting = begin_connect(loopback(port), {});
    CHECK(connecting.ec == std::errc::connection_refused);
    auto finishing = finish_connect(l, std::move(connecting), loopback(port));
    const Opened opened = co_await std::move(finishing);
    CHECK(opened.ec == std::errc::connection_refused);
    CHECK_FALSE(opened.connection);
  }(loop));
}

TEST_CASE("a connect in progress is waited for, and goes on when the listener can take it",
          "[connect]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    FullListener listener;
    const Endpoint target = loopback(listener.port());
    Connecting connecting = begin_connect(target, {});
    REQUIRE(connecting.ec == std::errc::operation_in_progress);
    // The kernel tries again after a second; by then there is room.
    streams::UniqueFd accepted(::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    auto finishing = finish_connect(l, std::move(connecting), target);
    const Opened opened = co_await std::move(finishing);
    CHECK_FALSE(opened.ec);
    CHECK(opened.connection);
  }(loop));
}

TEST_CASE("a connect that hangs can be given up", "[connect]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    FullListener listener;
    const Endpoint target = loopback(listener.port());
    Connecting connecting = begin_connect(target, {});
    REQUIRE(connecting.ec == std::errc::operation_in_progress);
    auto finishing = finish_connect(l, std::move(connecting), target);
    auto timed = streams::with_timeout(l, 20ms, std::move(finishing));
    const streams::Timed<Opened> late = co_await std::move(timed);
    CHECK(late.ec == std::errc::timed_out);
    CHECK(late.value.ec == std::errc::operation_canceled);
    CHECK_FALSE(late.value.connection);
  }(loop));
}

TEST_CASE("a name has the endpoints that the resolver knows, an address itself", "[resolve]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    auto resolving = resolve(l, {"127.0.0.1", 7});
    const Resolved address = co_await std::move(resolving);
    CHECK_FALSE(address.ec);
    REQUIRE(address.endpoints.size() == 1);
    CHECK(address.endpoints[0].to_string() == "127.0.0.1:7");
    auto six = resolve(l, {"::1", 7});
    const Resolved other = co_await std::move(six);
    REQUIRE(other.endpoints.size() == 1);
    CHECK(other.endpoints[0].to_string() == "[::1]:7");
    CHECK(other.endpoints[0].address_size() == sizeof(sockaddr_in6));
    auto nobody = resolve(l, {"nobody.invalid", 7});
    const Resolved none = co_await std::move(nobody);
    CHECK(none.ec);
    CHECK(none.endpoints.empty());
  }(loop));
}
