#include "streams/accepted_socket.hpp"

#include <cerrno>
#include <utility>

#include "tests/catch.hpp"
#include "tests/streams/socket_pair.hpp"

using streams::AcceptedSocket;
using tests::Peer;

TEST_CASE("a connection that comes to nobody is reset", "[accepted_socket]") {
  tests::SocketPair pair = tests::tcp_pair();
  Peer peer(std::move(pair.theirs));
  {
    AcceptedSocket accepted(std::move(pair.ours));
    AcceptedSocket moved(std::move(accepted));
    CHECK_FALSE(accepted);
    CHECK(moved.get() >= 0);
    accepted = std::move(moved);
    CHECK(accepted);
  }
  peer.receive();
  CHECK(peer.error() == ECONNRESET);
}

TEST_CASE("one that somebody has taken ends as he ends it", "[accepted_socket]") {
  tests::SocketPair pair = tests::tcp_pair();
  Peer peer(std::move(pair.theirs));
  {
    AcceptedSocket accepted(std::move(pair.ours));
    const streams::UniqueFd taken = accepted.take();
    CHECK_FALSE(accepted);
  }
  peer.receive();
  CHECK(peer.has_ended());
}
