#include "server/sockets/listening_socket.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <utility>
#include <vector>

#include "server/sockets/tcp_sockets.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "tests/catch.hpp"

using server::sockets::ListeningSocket;
using streams::Endpoint;
using streams::UniqueFd;

namespace {

UniqueFd new_socket() { return UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

int connect_error(const Endpoint& to) {
  const UniqueFd fd = new_socket();
  return ::connect(fd.get(), to.address(), to.address_size()) == 0 ? 0 : errno;
}

int bind_error(const Endpoint& to) {
  const UniqueFd fd = new_socket();
  return ::bind(fd.get(), to.address(), to.address_size()) == 0 ? 0 : errno;
}

}  // namespace

TEST_CASE("a socket that is shut refuses whoever comes, and keeps its port until it opens again",
          "[listening_socket]") {
  streams::EventLoop loop;
  const std::vector<Endpoint> any{Endpoint::of_literal({"127.0.0.1", 0}).value()};
  auto bound = server::sockets::bind_tcp(any, 5, true);
  const Endpoint where = Endpoint::of_socket(bound.sockets.front().fd.get());
  ListeningSocket socket(loop, std::move(bound.sockets.front()));
  CHECK(connect_error(where) == 0);
  for (int i = 0; i < 3; ++i) {
    socket.shut();
    CHECK(socket.is_shut());
    CHECK(connect_error(where) == ECONNREFUSED);
    CHECK(bind_error(where) == EADDRINUSE);
    CHECK(socket.open_again(5) == 0);
    CHECK_FALSE(socket.is_shut());
    CHECK(connect_error(where) == 0);
  }
}
