#include "streams/happy_eyeballs.hpp"

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "streams/task_group.hpp"
#include "streams/timeout.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/tcp_targets.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::CancelScope;
using streams::connect_to_first;
using streams::Endpoint;
using streams::EventLoop;
using streams::interleave;
using streams::Opened;
using streams::Task;
using streams::TaskGroup;

namespace {

Endpoint loopback_v6(std::uint16_t port) {
  sockaddr_storage storage{};
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  v6->sin6_addr = IN6ADDR_LOOPBACK_INIT;
  return Endpoint(storage);
}

std::string ports(const std::vector<Endpoint>& endpoints) {
  std::string text;
  for (const Endpoint& endpoint : endpoints) text += std::to_string(endpoint.port()) + ' ';
  return text;
}

Task<void> connect_and_keep(EventLoop& loop, std::vector<Endpoint> endpoints, Opened& result) {
  result = co_await connect_to_first(loop, std::move(endpoints));
}

}  // namespace

TEST_CASE("the two families take turns, each in its order, beginning with the first's",
          "[happy_eyeballs]") {
  CHECK(ports(interleave({})).empty());
  CHECK(ports(interleave({loopback(1), loopback(2)})) == "1 2 ");
  CHECK(ports(interleave({loopback_v6(61), loopback_v6(62), loopback(41), loopback_v6(63),
                          loopback(42)})) == "61 41 62 42 63 ");
  CHECK(ports(interleave({loopback(41), loopback(42), loopback_v6(61)})) == "41 61 42 ");
}

TEST_CASE("an address that refuses is passed over, without waiting for the delay",
          "[happy_eyeballs]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    constexpr int refusing = 30;
    TcpListener listener;
    std::vector<Endpoint> endpoints(refusing, loopback(refusing_port()));
    endpoints.push_back(loopback(listener.port()));
    const auto before = std::chrono::steady_clock::now();
    const Opened opened = co_await connect_to_first(l, std::move(endpoints));
    CHECK_FALSE(opened.ec);
    REQUIRE(opened.connection);
    CHECK(opened.connection->writer().peername().port() == listener.port());
    // Milliseconds, where it would be all of the delays.
    CHECK(std::chrono::steady_clock::now() - before <
          refusing * streams::connection_attempt_delay / 2);
  }(loop));
}

TEST_CASE("an address that never answers does not keep the next one from being tried",
          "[happy_eyeballs]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    FullListener silent;
    FullListener silent_too;
    TcpListener listener;
    std::vector<Endpoint> endpoints{loopback(silent.port()), loopback(silent_too.port()),
                                    loopback(listener.port())};
    const auto before = std::chrono::steady_clock::now();
    const Opened opened = co_await connect_to_first(l, std::move(endpoints));
    REQUIRE(opened.connection);
    CHECK(opened.connection->writer().peername().port() == listener.port());
    const auto delays = 2 * streams::connection_attempt_delay;
    const auto taken = std::chrono::steady_clock::now() - before;
    CHECK(taken >= delays);
    // Which are not part of what the address that answered took.
    CHECK(opened.handshake > 0ns);
    CHECK(opened.handshake <= taken - delays);
  }(loop));
}

TEST_CASE("a failure begins the next attempt though an earlier one still hangs",
          "[happy_eyeballs]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    FullListener silent;
    TcpListener listener;
    std::vector<Endpoint> endpoints{loopback(silent.port()), loopback(refusing_port()),
                                    loopback(listener.port())};
    const Opened opened = co_await connect_to_first(l, std::move(endpoints));
    REQUIRE(opened.connection);
    CHECK(opened.connection->writer().peername().port() == listener.port());
  }(loop));
}

TEST_CASE("an address that answers late still wins over those that never do", "[happy_eyeballs]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    FullListener late;
    FullListener silent;
    Opened opened;
    TaskGroup group(l);
    group.spawn(connect_and_keep(l, {loopback(late.port()), loopback(silent.port())}, opened));
    for (streams::UniqueFd& fd : late.waiting) fd.reset();
    // With room in its queue the kernel's next try of the first attempt is taken.
    late.accept();
    co_await group.join();
    REQUIRE(opened.connection);
    CHECK(opened.connection->writer().peername().port() == late.port());
  }(loop));
}

TEST_CASE("when every address refuses, that is the error", "[happy_eyeballs]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    std::vector<Endpoint> endpoints{loopback(refusing_port()), loopback(refusing_port())};
    const Opened opened = co_await connect_to_first(l, std::move(endpoints));
    CHECK(opened.ec == std::errc::connection_refused);
    CHECK_FALSE(opened.connection);
    const Opened none = co_await connect_to_first(l, {});
    CHECK(none.ec == std::errc::invalid_argument);
  }(loop));
}

TEST_CASE("cancelling the scope ends every attempt", "[happy_eyeballs]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    FullListener silent;
    FullListener silent_too;
    CancelScope scope;
    Opened opened;
    TaskGroup group(l);
    group.spawn(in_scope(
        scope,
        connect_and_keep(l, {loopback(silent.port()), loopback(silent_too.port())}, opened)));
    co_await several_turns(l);
    scope.cancel();
    co_await group.join();
    CHECK(opened.ec == std::errc::operation_canceled);
    CHECK_FALSE(opened.connection);
  }(loop));
}
