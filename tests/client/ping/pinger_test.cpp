#include "client/ping/pinger.hpp"

#include <fcntl.h>
#include <netinet/tcp.h>

#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/socket_pair.hpp"

using namespace tests;
using namespace client::ping;
using streams::EventLoop;
using streams::Task;

namespace {

class Silent final : public Reporter {
 public:
  void answered(const Reply&) override {}
  void lost(std::string_view, std::uint64_t, std::string_view) override {}
  void summary(const std::vector<Result>&) override {}
};

int tcp_state(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  REQUIRE(::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
  return info.tcpi_state;
}

}  // namespace

TEST_CASE("a ping that is interrupted ends its connection, and does not reset it", "[ping]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    TcpListener listener;
    REQUIRE(::fcntl(listener.fd(), F_SETFL, O_NONBLOCK) == 0);
    const Target target{streams::HostPort{"127.0.0.1", listener.port()}, "target"};
    const Options options;
    Silent reporter;
    Pinger pinger(l, options, target, reporter);
    streams::TaskGroup group(l);
    group.spawn(pinger.run());
    streams::UniqueFd accepted;
    while (!accepted) {
      co_await turn(l);
      accepted = streams::UniqueFd(::accept4(listener.fd(), nullptr, nullptr, SOCK_NONBLOCK));
    }
    Peer service(std::move(accepted));
    std::string request;
    while (request.empty()) {
      co_await turn(l);
      request = service.receive();
    }
    group.cancel();
    while (!service.has_ended()) {
      co_await turn(l);
      service.receive();
    }
    co_await several_turns(l);
    CHECK(tcp_state(service.fd()) == TCP_CLOSE_WAIT);
    service.close();
    co_await group.join();
    CHECK(pinger.statistics().sent() == 0);
  }(loop));
}
