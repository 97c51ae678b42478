// What a coroutine is handed or gives back is no aggregate: GCC 12 destroys a temporary of one
// twice inside a co_await expression.
#include <string>
#include <type_traits>

#include "streams/connect.hpp"
#include "streams/event_loop.hpp"
#include "streams/misuse.hpp"
#include "streams/open_connection.hpp"
#include "streams/resolve.hpp"
#include "streams/retry.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/socket_pair.hpp"
#include "tests/streams/tcp_targets.hpp"

using namespace tests;
using streams::Address;
using streams::EventLoop;
using streams::HostPort;
using streams::Opened;
using streams::Task;
using streams::UnixPath;

namespace {

template <class... T>
constexpr bool none_is_an_aggregate = !(std::is_aggregate_v<T> || ...);

static_assert(none_is_an_aggregate<
              HostPort, UnixPath, streams::ParsedAddress, streams::Resolved,
              streams::ConnectOptions, streams::SocketOptions, streams::Connecting, Opened,
              streams::RetryPolicy, streams::TaskInfo, streams::EventLoop::Options,
              streams::Debug::Options, streams::Timed<int>, streams::Timed<void>>);

}  // namespace

TEST_CASE("an address may be written where it is awaited", "[value_types]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const std::uint16_t port = refusing_port();
    const Opened refused = co_await open_connection(l, HostPort{"127.0.0.1", port});
    CHECK(refused.ec == std::errc::connection_refused);
    const Opened nowhere = co_await open_connection(l, UnixPath{"/nonexistent/socket"});
    CHECK(nowhere.ec == std::errc::no_such_file_or_directory);
  }(loop));
}

TEST_CASE("a stored open_connection owns its address", "[value_types]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const std::string path = "/nonexistent/" + std::string(60, 'x');
    Task<Opened> opening = open_connection(l, Address(UnixPath{path}));
    const std::string overwritten(100, 'y');
    const Opened opened = co_await std::move(opening);
    CHECK(opened.ec == std::errc::no_such_file_or_directory);
    CHECK(overwritten.size() == 100);
  }(loop));
}
