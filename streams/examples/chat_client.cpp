// Standard input to a chat server, what it says to standard output: chat_client HOST:PORT
#include <iostream>

#include <streams/open_connection.hpp>
#include <streams/standard_input.hpp>
#include <streams/task_group.hpp>

using namespace streams;

Task<void> send_lines(StreamReader& input, StreamWriter& writer) {
  while (const Chunk line = co_await input.readline()) {
    writer.write(line.data);
    if (co_await writer.drain()) break;
  }
  writer.write_eof();
}

Task<void> converse(TaskGroup& group, StreamReader& input, Connection& server) {
  TaskHandle<void> sending = group.spawn(send_lines(input, server.writer()));
  while (const Chunk line = co_await server.reader().readline()) {
    std::cout << line.data << std::flush;
  }
  sending.cancel();  // it may still wait for a line of ours
}

Task<int> chat(EventLoop& loop, Address address) {
  const Opened opened = co_await open_connection(loop, address);
  if (opened.ec) std::cerr << to_string(address) << ": " << opened.ec.message() << std::endl;
  if (opened.ec) co_return 1;
  StandardInput input(loop);
  auto talk = [&](TaskGroup& group) { return converse(group, input.reader(), *opened.connection); };
  co_await task_group(loop, talk);
  co_return 0;
}

int main(int count, char** arguments) {
  EventLoop loop;
  return loop.run(chat(loop, address_of(count > 1 ? arguments[1] : "")));
}
