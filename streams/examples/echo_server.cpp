// Sends back what comes: echo_server HOST:PORT
#include <exception>
#include <iostream>

#include <streams/server.hpp>

using namespace streams;

Task<void> echo(StreamReader& reader, StreamWriter& writer) {
  while (const Chunk chunk = co_await reader.read(64 * 1024)) {
    writer.write(chunk.data);
    if (co_await writer.drain()) break;
  }
}

Task<void> serve(EventLoop& loop, Address address) {
  const auto server = co_await start_server(loop, address, echo);
  std::cout << "listening on " << server->sockname().to_string() << std::endl;
  co_await server->serve_forever();
}

int main(int count, char** arguments) try {
  EventLoop loop;
  loop.run(serve(loop, address_of(count > 1 ? arguments[1] : "")));
} catch (const std::exception& error) {
  std::cerr << "echo_server: " << error.what() << std::endl;
  return 1;
}
