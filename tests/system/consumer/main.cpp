// Somebody else's program: asks the line service at HOST:PORT.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/open_connection.hpp"

streams::Task<int> ask(streams::EventLoop& loop, streams::Address service) {
  streams::Opened opened = co_await streams::open_connection(loop, std::move(service));
  if (opened.ec) co_return 1;
  opened.connection->writer().write("ECHO built elsewhere\n");
  const streams::Chunk reply = co_await opened.connection->reader().readline();
  std::printf("%s", std::string(reply.data).c_str());
  opened.connection->writer().close();
  co_await opened.connection->writer().wait_closed();
  co_return 0;
}

int main(int, char** arguments) {
  streams::EventLoop loop;
  return loop.run(ask(loop, streams::parse_address(arguments[1]).address));
}
