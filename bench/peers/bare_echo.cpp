// Not a peer but a yardstick for the daemon: the same echo handler on the same streams, with
// nothing around it: no limits, time-outs, log or metrics.
//
//   bare_echo PORT
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <utility>
#include <vector>

#include <asio/ip/tcp.hpp>

#include "server/insight/registry.hpp"
#include "server/protocols/protocol.hpp"
#include "streams/await_asio.hpp"
#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/task_group.hpp"

namespace {

using asio::ip::tcp;

const server::insight::Registry no_stats;
const server::protocols::Context context{"", {}, no_stats, std::chrono::system_clock::now};

streams::Task<void> serve(streams::EventLoop& loop, streams::UniqueFd socket) {
  const streams::Endpoint peer = streams::Endpoint::of_peer(socket.get());
  streams::Connection connection(loop, std::move(socket), peer);
  const std::error_code ended =
      co_await server::protocols::echo(connection.reader(), connection.writer(), context);
  if (ended != streams::Error::end_of_stream) co_return;
  connection.writer().close();
  const std::error_code closed = co_await connection.wait_closed();
  static_cast<void>(closed);
}

streams::Task<void> listen(streams::EventLoop& loop, unsigned short port) {
  tcp::acceptor acceptor(loop.context(), {asio::ip::address_v4::loopback(), port}, true);
  acceptor.non_blocking(true);
  acceptor.set_option(tcp::no_delay(true));  // accepted sockets inherit it
  streams::TaskGroup sessions(loop);
  for (;;) {
    const std::error_code ec =
        co_await acceptor.async_wait(tcp::acceptor::wait_read, streams::use_task);
    if (ec) break;
    for (;;) {
      streams::UniqueFd socket(
          ::accept4(acceptor.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!socket) break;
      sessions.spawn(serve(loop, std::move(socket)));
    }
  }
  co_await sessions.join();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    streams::EventLoop loop;
    loop.run(listen(loop, static_cast<unsigned short>(std::atoi(argv[1]))));
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bare_echo: %s\n", failure.what());
    return 1;
  }
}
