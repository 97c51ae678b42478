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
  StreamReader& said = server.reader();
  while (const Chunk line = co_await said.readline()) std::cout << line.data << std::flush;
  sending.cancel();  // it may still wait for a line of ours
}

Task<void> chat(EventLoop& loop, Address address) {
  const Opened opened = co_await open_connection(loop, address);
  if (opened.ec) throw std::system_error(opened.ec, to_string(address));
  StandardInput input(loop);
  auto talk = [&](TaskGroup& group) { return converse(group, input.reader(), *opened.connection); };
  co_await task_group(loop, talk);
}

int main(int count, char** arguments) try {
  EventLoop loop;
  loop.run(chat(loop, address_of(count > 1 ? arguments[1] : "")));
} catch (const std::exception& error) {
  std::cerr << "chat_client: " << error.what() << std::endl;
  return 1;
}
