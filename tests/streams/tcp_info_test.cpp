#include "streams/tcp_info.hpp"

#include "tests/catch.hpp"
#include "tests/streams/socket_pair.hpp"

using namespace tests;

TEST_CASE("a listening socket tells who waits to be accepted, and how many it takes",
          "[tcp_info]") {
  TcpListener listener;
  CHECK(streams::backlog_of(listener.fd()).waiting == 0);
  CHECK(streams::backlog_of(listener.fd()).most == 8);
  streams::UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(client.get(), listener.generic(), sizeof(sockaddr_in)) == 0);
  CHECK(streams::backlog_of(listener.fd()).waiting == 1);
  const streams::UniqueFd accepted = listener.accept();
  CHECK(streams::backlog_of(listener.fd()).waiting == 0);
}

TEST_CASE("a Unix socket has no backlog that is told", "[tcp_info]") {
  const SocketPair pair = unix_pair();
  CHECK(streams::backlog_of(pair.ours.get()).most == 0);
}

TEST_CASE("a connection over which something went has a round trip and a rate", "[tcp_info]") {
  SocketPair pair = tcp_pair();
  Peer ours(std::move(pair.ours));
  ours.send(std::string(10'000, 'x'));
  const streams::TcpInfo info = streams::tcp_info_of(ours.fd());
  CHECK(info.rtt.count() > 0);
  CHECK(info.min_rtt.count() > 0);
  CHECK(info.retransmits == 0);
  CHECK(info.delivery_rate > 0);
}
