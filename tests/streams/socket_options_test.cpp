#include "streams/socket_options.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <vector>

#include "streams/address.hpp"
#include "streams/connect.hpp"
#include "streams/listen.hpp"
#include "tests/catch.hpp"

using namespace std::chrono_literals;
using streams::change_socket_options;
using streams::Endpoint;
using streams::set_socket_options;
using streams::SocketOptions;
using streams::UniqueFd;

namespace {

int get(int fd, int level, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  REQUIRE(::getsockopt(fd, level, name, &value, &size) == 0);
  return value;
}

std::string device_of(int fd) {
  std::array<char, 16> name{};
  socklen_t size = name.size();
  REQUIRE(::getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name.data(), &size) == 0);
  return name.data();
}

/// Whether a buffer's size was set, so that the kernel adapts it no more (SO_BUF_LOCK).
int locks(int fd) { return get(fd, SOL_SOCKET, 72); }

SocketOptions all() {
  SocketOptions options;
  options.keepalive = 30s;
  options.user_timeout = 12345ms;
  options.rcvbuf = 40'000;
  options.sndbuf = 50'000;
  options.dscp = 46;
  options.mss = 1000;
  options.nodelay = false;
  options.device = "lo";
  return options;
}

void check_all(int fd) {
  CHECK(get(fd, SOL_SOCKET, SO_KEEPALIVE) == 1);
  CHECK(get(fd, IPPROTO_TCP, TCP_KEEPIDLE) == 30);
  CHECK(get(fd, IPPROTO_TCP, TCP_KEEPINTVL) == 10);
  CHECK(get(fd, IPPROTO_TCP, TCP_KEEPCNT) == 3);
  CHECK(get(fd, IPPROTO_TCP, TCP_USER_TIMEOUT) == 12345);
  CHECK(get(fd, SOL_SOCKET, SO_RCVBUF) == 80'000);
  CHECK(get(fd, SOL_SOCKET, SO_SNDBUF) == 100'000);
  CHECK(get(fd, IPPROTO_IP, IP_TOS) == 46 << 2);
  if (get(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET6) {
    CHECK(get(fd, IPPROTO_IPV6, IPV6_TCLASS) == 46 << 2);
  }
  CHECK(get(fd, IPPROTO_TCP, TCP_NODELAY) == 0);
  CHECK(device_of(fd) == "lo");
}

/// What the system has of itself.
void check_none(int fd) {
  CHECK(get(fd, SOL_SOCKET, SO_KEEPALIVE) == 0);
  CHECK(get(fd, IPPROTO_TCP, TCP_USER_TIMEOUT) == 0);
  CHECK(get(fd, IPPROTO_IP, IP_TOS) == 0);
  CHECK(get(fd, IPPROTO_TCP, TCP_NODELAY) == 1);
  CHECK(device_of(fd).empty());
}

/// One that listens, and what comes of connecting to it.
struct Listener {
  explicit Listener(const Endpoint& at, const SocketOptions& options = {})
      : listening(streams::listen_tcp(std::vector{at}, 5, false, options)) {}

  int fd() const { return listening.sockets.front().get(); }
  UniqueFd accept(const char* from = "127.0.0.1") {
    const auto target = Endpoint::of_literal({from, Endpoint::of_socket(fd()).port()});
    REQUIRE(target);
    clients.push_back(streams::begin_connect(*target, {}).fd);
    UniqueFd accepted(::accept4(fd(), nullptr, nullptr, SOCK_CLOEXEC));
    REQUIRE(accepted);
    return accepted;
  }

  streams::Listening listening;
  std::vector<UniqueFd> clients;
};

Endpoint at(const char* host) { return *Endpoint::of_literal({host, 0}); }

bool has_ipv6() {
  try {
    const Listener six(at("::1"));
    return true;
  } catch (const streams::ListenError&) {
    return false;
  }
}

}  // namespace

TEST_CASE("every option is on the socket that listens, and on each that it accepts",
          "[socket_options]") {
  std::vector<std::pair<const char*, const char*>> ways{{"127.0.0.1", "127.0.0.1"}};
  if (has_ipv6()) ways.insert(ways.end(), {{"::1", "::1"}, {"::", "::1"}, {"::", "127.0.0.1"}});
  for (const auto& [listens, connects] : ways) {
    INFO(connects << " to " << listens);
    Listener listener(at(listens), all());
    check_all(listener.fd());
    CHECK(get(listener.fd(), IPPROTO_TCP, TCP_MAXSEG) == 1000);
    const UniqueFd accepted = listener.accept(connects);
    check_all(accepted.get());
    // Less its time stamps.
    CHECK(get(accepted.get(), IPPROTO_TCP, TCP_MAXSEG) == 1000 - 12);
  }
}

TEST_CASE("what is left to the system stays as it is", "[socket_options]") {
  Listener listener(at("127.0.0.1"));
  const UniqueFd accepted = listener.accept();
  check_none(accepted.get());
  CHECK(locks(accepted.get()) == 0);
  CHECK(get(accepted.get(), IPPROTO_TCP, TCP_MAXSEG) > 1000);
}

TEST_CASE("on a socket that listens they change for those who come later, and back",
          "[socket_options]") {
  const SocketOptions none;
  SocketOptions wanted = all();
  // Who is bound to a device needs a privilege to be bound to another.
  wanted.device.clear();
  Listener listener(at("127.0.0.1"));
  const UniqueFd before = listener.accept();
  const int usual = get(listener.fd(), SOL_SOCKET, SO_RCVBUF);

  CHECK_FALSE(change_socket_options(listener.fd(), none, wanted));
  const UniqueFd between = listener.accept();
  CHECK(get(between.get(), SOL_SOCKET, SO_KEEPALIVE) == 1);
  CHECK(get(between.get(), SOL_SOCKET, SO_RCVBUF) == 80'000);
  CHECK(get(between.get(), SOL_SOCKET, SO_SNDBUF) == 100'000);
  CHECK(get(between.get(), IPPROTO_IP, IP_TOS) == 46 << 2);
  CHECK(get(between.get(), IPPROTO_TCP, TCP_MAXSEG) == 1000 - 12);
  CHECK(get(between.get(), IPPROTO_TCP, TCP_NODELAY) == 0);
  CHECK(locks(between.get()) != 0);
  check_none(before.get());

  CHECK_FALSE(change_socket_options(listener.fd(), wanted, none));
  const UniqueFd after = listener.accept();
  check_none(after.get());
  CHECK(get(listener.fd(), SOL_SOCKET, SO_RCVBUF) == usual);
  CHECK(get(after.get(), IPPROTO_TCP, TCP_MAXSEG) > 1000);
  // And the kernel adapts the buffers again, one after the other.
  CHECK(locks(after.get()) == 0);
  CHECK_FALSE(change_socket_options(listener.fd(), none, wanted));
  SocketOptions without = wanted;
  without.sndbuf = 0;
  CHECK_FALSE(change_socket_options(listener.fd(), wanted, without));
  CHECK(locks(listener.fd()) == 2);
}

TEST_CASE("one that is refused is named", "[socket_options]") {
  const UniqueFd fd = streams::open_socket(AF_INET);
  SocketOptions options;
  options.device = "nowhere0";
  const auto failure = set_socket_options(fd.get(), options);
  REQUIRE(failure);
  CHECK(std::string_view(failure.option) == "device");
  CHECK(failure.ec == std::errc::no_such_device);
  // The first of several.
  options.mss = 1;
  CHECK(std::string_view(set_socket_options(fd.get(), options).option) == "mss");

  options.mss = 0;
  options.device = "nowhere0";
  try {
    const Listener listener(at("127.0.0.1"), options);
    FAIL("it listens");
  } catch (const streams::ListenError& error) {
    CHECK(error.option == "device");
    CHECK(std::string_view(error.what()) == "127.0.0.1:0: device: No such device");
  }
}

TEST_CASE("short times are of whole seconds, the longest are taken", "[socket_options]") {
  for (const auto& [time, interval] : {std::pair{1s, 1}, {2s, 1}, {3s, 1}, {9s, 3}, {9h, 10800}}) {
    const UniqueFd fd = streams::open_socket(AF_INET);
    SocketOptions options;
    options.keepalive = time;
    CHECK_FALSE(set_socket_options(fd.get(), options));
    CHECK(get(fd.get(), IPPROTO_TCP, TCP_KEEPIDLE) == time.count());
    CHECK(get(fd.get(), IPPROTO_TCP, TCP_KEEPINTVL) == interval);
  }
  const UniqueFd fd = streams::open_socket(AF_INET);
  SocketOptions largest;
  largest.user_timeout = 24h;
  largest.mss = streams::most_mss;
  largest.dscp = 63;
  largest.rcvbuf = largest.sndbuf = streams::largest_buffer;
  CHECK_FALSE(set_socket_options(fd.get(), largest));
  largest.mss = streams::least_mss;
  CHECK_FALSE(set_socket_options(fd.get(), largest));
}

TEST_CASE("what the kernel gives of a buffer is known", "[socket_options]") {
  const UniqueFd fd = streams::open_socket(AF_INET);
  SocketOptions options;
  options.rcvbuf = 40'000;
  options.sndbuf = streams::largest_buffer;
  CHECK_FALSE(set_socket_options(fd.get(), options));
  const streams::BufferSizes sizes = streams::buffer_sizes(fd.get());
  CHECK(sizes.rcvbuf == 40'000);
  CHECK(sizes.sndbuf < streams::largest_buffer);
}

TEST_CASE("a connection is begun with every option", "[socket_options]") {
  const Listener listener(at("127.0.0.1"));
  streams::ConnectOptions options;
  options.socket = all();
  const auto connecting = streams::begin_connect(Endpoint::of_socket(listener.fd()), options);
  CHECK_FALSE(connecting.ec);
  check_all(connecting.fd.get());
  options.socket.device = "nowhere0";
  const auto refused = streams::begin_connect(Endpoint::of_socket(listener.fd()), options);
  CHECK(refused.ec == std::errc::no_such_device);
}
