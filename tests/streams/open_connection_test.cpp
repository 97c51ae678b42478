#include "streams/open_connection.hpp"

#include <cstdlib>
#include <string>
#include <unistd.h>

#include "streams/task_group.hpp"
#include "streams/timeout.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/tcp_targets.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::Address;
using streams::CancelScope;
using streams::Chunk;
using streams::EventLoop;
using streams::HostPort;
using streams::open_connection;
using streams::Opened;
using streams::Task;
using streams::TaskGroup;
using streams::UnixPath;

namespace {

/// A listening Unix socket in a directory of its own.
class UnixListener {
 public:
  UnixListener() : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    std::string pattern = "/tmp/streams_test_XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(fd_.get(), 8) == 0);
  }
  ~UnixListener() {
    ::unlink(path().c_str());
    ::rmdir(directory_.c_str());
  }
  UnixListener(const UnixListener&) = delete;
  UnixListener& operator=(const UnixListener&) = delete;

  std::string path() const { return directory_ + "/socket"; }
  streams::UniqueFd accept() {
    return streams::UniqueFd(::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  }

 private:
  streams::UniqueFd fd_;
  std::string directory_;
};

Task<void> exchange(Opened& opened, Peer& peer) {
  peer.send("hello\n");
  const Chunk line = co_await opened.connection->reader().readline();
  CHECK(line.data == "hello\n");
  opened.connection->writer().write("bye");
  opened.connection->writer().write_eof();
  CHECK(peer.receive() == "bye");
  CHECK(peer.has_ended());
}

Task<void> open_and_keep(EventLoop& loop, const Address& address, Opened& result, bool& done) {
  result = co_await open_connection(loop, address);
  done = true;
}

}  // namespace

TEST_CASE("open_connection connects to a host and port and puts streams on it",
          "[open_connection]") {
  for (const std::string host : {"127.0.0.1", "localhost"}) {
    EventLoop loop;
    run(loop, [](EventLoop& l, std::string name) -> Task<void> {
      TcpListener listener;
      const Address address = HostPort{name, listener.port()};
      Opened opened = co_await open_connection(l, address);
      CHECK_FALSE(opened.ec);
      REQUIRE(opened.connection);
      CHECK(opened.connection->writer().peername().to_string() ==
            "127.0.0.1:" + std::to_string(listener.port()));
      Peer peer(listener.accept());
      co_await exchange(opened, peer);
    }(loop, host));
  }
}

TEST_CASE("open_connection connects to a Unix path", "[open_connection]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    UnixListener listener;
    const Address address = UnixPath{listener.path()};
    Opened opened = co_await open_connection(l, address);
    CHECK_FALSE(opened.ec);
    REQUIRE(opened.connection);
    CHECK(opened.connection->writer().peername().to_string() == "unix");
    Peer peer(listener.accept());
    co_await exchange(opened, peer);
  }(loop));
}

TEST_CASE("the options reach the connection", "[open_connection]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    TcpListener listener;
    const Address address = HostPort{"127.0.0.1", listener.port()};
    Opened opened = co_await open_connection(l, address, {4, {}});
    REQUIRE(opened.connection);
    Peer peer(listener.accept());
    peer.send("12345\n");
    const Chunk line = co_await opened.connection->reader().readline();
    CHECK(line.ec == streams::Error::limit_overrun);
  }(loop));
}

TEST_CASE("a connection that is refused is an error_code", "[open_connection]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const Address address = HostPort{"127.0.0.1", refusing_port()};
    const Opened refused = co_await open_connection(l, address);
    CHECK(refused.ec.value() == ECONNREFUSED);
    CHECK(refused.ec == std::errc::connection_refused);
    CHECK_FALSE(refused.connection);

    const Address nowhere = UnixPath{"/nonexistent/socket"};
    const Opened missing = co_await open_connection(l, nowhere);
    CHECK(missing.ec.value() == ENOENT);
    CHECK(missing.ec == std::errc::no_such_file_or_directory);
    CHECK_FALSE(missing.connection);
  }(loop));
}

TEST_CASE("a Unix path that is too long is an error_code, not an exception", "[open_connection]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const Address address = UnixPath{"/" + std::string(200, 'x')};
    Opened opened;
    bool thrown = false;
    try {
      opened = co_await open_connection(l, address);
    } catch (const std::system_error&) {
      thrown = true;
    }
    CHECK_FALSE(thrown);
    CHECK(opened.ec);
  }(loop));
}

TEST_CASE("cancelling the scope ends an attempt that hangs", "[open_connection]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    FullListener listener;
    const Address address = HostPort{"127.0.0.1", listener.port()};
    CancelScope scope;
    Opened opened;
    bool done = false;
    TaskGroup group(l);
    group.spawn(in_scope(scope, open_and_keep(l, address, opened, done)));
    const std::error_code slept = co_await streams::sleep_for(l, 10ms);
    CHECK_FALSE(slept);
    CHECK_FALSE(done);
    scope.cancel();
    co_await group.join();
    CHECK(opened.ec.value() == ECANCELED);
    CHECK(opened.ec == std::errc::operation_canceled);
    CHECK_FALSE(opened.connection);
  }(loop));
}

TEST_CASE("open_connection under a time-out gives up in time", "[open_connection]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    FullListener listener;
    const Address address = HostPort{"127.0.0.1", listener.port()};
    const streams::Timed<Opened> timed =
        co_await streams::with_timeout(l, 20ms, open_connection(l, address));
    CHECK(timed.ec == std::errc::timed_out);
    CHECK_FALSE(timed.value.connection);
  }(loop));
}

TEST_CASE("a connection cancelled in the moment it was made leaves no descriptor behind",
          "[open_connection]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    TcpListener listener;
    const Address address = HostPort{"127.0.0.1", listener.port()};
    for (int turns = 0; turns < 8; ++turns) {
      CancelScope scope;
      Opened opened;
      bool done = false;
      TaskGroup group(l);
      group.spawn(in_scope(scope, open_and_keep(l, address, opened, done)));
      for (int i = 0; i < turns; ++i) co_await turn(l);
      scope.cancel();
      co_await group.join();
      CHECK(static_cast<bool>(opened.ec) != static_cast<bool>(opened.connection));
    }
  }(loop));
}
