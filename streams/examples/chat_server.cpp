// What one says all others hear; the first line is one's name: chat_server HOST:PORT
#include <iostream>
#include <map>

#include <streams/server.hpp>

using namespace streams;
using Room = std::map<std::string, StreamWriter*>;
void tell_others(const Room& room, const std::string& who, std::string_view what) {
  for (const auto& [name, writer] : room) {
    if (name != who) writer->writelines({who, ": ", what});
    if (writer->must_drain()) writer->abort();  // does not read what others say
  }
}

Task<void> chat(StreamReader& reader, StreamWriter& writer, Room& room) {
  const Chunk first = co_await reader.readline();
  const std::string name(first.data.substr(0, first.data.find_first_of("\r\n")));
  if (name.empty() || !room.emplace(name, &writer).second) co_return;
  tell_others(room, name, "is here\n");
  while (const Chunk line = co_await reader.readline()) tell_others(room, name, line.data);
  if (room.erase(name) != 0) tell_others(room, name, "has left\n");
}

Task<void> serve(EventLoop& loop, Address address) {
  Room room;
  auto enter = [&room](auto& reader, auto& writer) { return chat(reader, writer, room); };
  const auto server = co_await start_server(loop, address, enter);
  std::cout << "listening on " << server->sockname().to_string() << std::endl;
  co_await server->serve_forever();
}

int main(int count, char** arguments) try {
  EventLoop loop;
  loop.run(serve(loop, address_of(count > 1 ? arguments[1] : "")));
} catch (const std::exception& error) {
  std::cerr << "chat_server: " << error.what() << std::endl;
  return 1;
}
