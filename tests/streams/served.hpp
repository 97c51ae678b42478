// Servers of tests and their clients.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "streams/open_connection.hpp"
#include "streams/server.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

namespace tests {

/// Bytes that no kernel takes at once.
inline constexpr std::size_t flood = std::size_t{32} << 20;

/// What the tests' handlers note.
struct Seen {
  int begun = 0;
  bool flooded = false;
  std::vector<std::error_code> ended;
  std::vector<std::string> reported;
};

/// Answers one line, or throws where it says so, until there is no more.
inline streams::Task<void> echo(streams::StreamReader& reader, streams::StreamWriter& writer,
                                Seen& seen) {
  ++seen.begun;
  for (;;) {
    const streams::Chunk line = co_await reader.readline();
    if (!line) {
      seen.ended.push_back(line.ec);
      co_return;
    }
    if (line.data == "throw\n") throw std::runtime_error("on purpose");
    if (line.data == "flood\n") {
      seen.flooded = true;
      writer.write(std::string(flood, 'x'));
      continue;
    }
    writer.write(line.data);
    if (line.data == "bye\n") co_return;
  }
}

inline streams::ConnectionHandler echo_into(Seen& seen) {
  return [&seen](streams::StreamReader& reader, streams::StreamWriter& writer) {
    return echo(reader, writer, seen);
  };
}

using Client = std::unique_ptr<streams::Connection>;

inline streams::Task<Client> connect(streams::EventLoop& loop, const streams::Server& server) {
  auto opening = open_connection(loop, streams::HostPort("127.0.0.1", server.sockname().port()));
  streams::Opened opened = co_await std::move(opening);
  CHECK_FALSE(opened.ec);
  co_return std::move(opened.connection);
}

inline streams::Task<std::string> ask(streams::Connection& client, std::string line) {
  client.writer().write(line);
  const streams::Chunk reply = co_await client.reader().readline();
  co_return reply.ec ? reply.ec.message() : std::string(reply.data);
}

/// What `client` is answered, or the error's text; after nothing more is sent where `line` is
/// empty.
inline streams::Task<void> expect(streams::Connection& client, std::string line,
                                  std::string wanted) {
  const std::string reply = co_await ask(client, std::move(line));
  CHECK(reply == wanted);
}
inline const std::string end = make_error_code(streams::Error::end_of_stream).message();

inline streams::Task<void> close(streams::Connection& client) {
  client.writer().close();
  co_await client.writer().wait_closed();
}

}  // namespace tests
