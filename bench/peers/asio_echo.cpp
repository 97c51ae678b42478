// Peer: Asio's documented coroutine pattern: a listener and a coroutine for each connection, both
// asio::awaitable, started with co_spawn; one thread.
//
//   asio_echo PORT
#include <cstdio>
#include <cstdlib>
#include <exception>

#include <asio.hpp>

using asio::ip::tcp;

static asio::awaitable<void> echo(tcp::socket socket) {
  try {
    socket.set_option(tcp::no_delay(true));
    char data[64 * 1024];
    for (;;) {
      const std::size_t n =
          co_await socket.async_read_some(asio::buffer(data), asio::use_awaitable);
      co_await asio::async_write(socket, asio::buffer(data, n), asio::use_awaitable);
    }
  } catch (const std::exception&) {
    // The peer has left.
  }
}

static asio::awaitable<void> listen(unsigned short port) {
  const auto executor = co_await asio::this_coro::executor;
  tcp::acceptor acceptor(executor, {asio::ip::address_v4::loopback(), port});
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(executor, echo(std::move(socket)), asio::detached);
  }
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  asio::io_context context(1);
  asio::co_spawn(context, listen(static_cast<unsigned short>(std::atoi(argv[1]))),
                 [](std::exception_ptr failure) {
                   if (failure) std::rethrow_exception(failure);
                 });
  context.run();
}
