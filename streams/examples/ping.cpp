// How long an echo server takes, three times: ping HOST:PORT
#include <iostream>

#include <streams/open_connection.hpp>
#include <streams/sleep.hpp>
#include <streams/timeout.hpp>

using namespace streams;
using namespace std::chrono_literals;

Task<std::error_code> round_trip(Connection& server) {
  server.writer().write("ping\n");
  const Chunk reply = co_await server.reader().readline();
  co_return reply.ec;
}

Task<int> ping(EventLoop& loop, Address address) {
  const Opened opened = co_await open_connection(loop, address);
  std::error_code ec = opened.ec;
  for (int i = 0; i < 3 && !ec; ++i) {
    const auto begun = EventLoop::Clock::now();
    auto trip = with_timeout(loop, 1s, round_trip(*opened.connection));
    const Timed<std::error_code> timed = co_await std::move(trip);
    ec = timed.ec ? timed.ec : timed.value;
    if (!ec) std::cout << (EventLoop::Clock::now() - begun) / 1us << " us" << std::endl;
    co_await sleep_for(loop, 100ms);
  }
  if (ec) std::cerr << to_string(address) << ": " << ec.message() << std::endl;
  co_return ec ? 1 : 0;
}

int main(int count, char** arguments) try {
  EventLoop loop;
  return loop.run(ping(loop, address_of(count > 1 ? arguments[1] : "")));
} catch (const std::exception& error) {
  std::cerr << "ping: " << error.what() << std::endl;
  return 1;
}
