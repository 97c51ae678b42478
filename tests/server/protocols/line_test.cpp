// The handler of the line protocol, on a connection in memory.
#include <cstddef>
#include <string_view>
#include <system_error>
#include <vector>

#include "server/protocols/protocol.hpp"
#include "streams/event_loop.hpp"
#include "streams/memory_connection.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

namespace {

class Client final : private streams::MemoryConnection::FarSide,
                     private server::protocols::ReplyMarks {
 public:
  explicit Client(streams::EventLoop& loop) : connection_(loop, *this) {}

  /// What comes with one piece of input, after which the client ends.
  streams::Task<void> ask(std::string_view lines, server::insight::Registry& stats) {
    server::protocols::Context context{"0", {}, stats, std::chrono::system_clock::now};
    context.marks = this;
    connection_.feed(lines);
    connection_.feed_eof();
    auto serving = server::protocols::line(connection_.reader(), connection_.writer(), context);
    result = co_await std::move(serving);
  }

  std::error_code result;
  std::vector<std::string_view> replies() const {
    std::vector<std::string_view> all;
    std::size_t begin = 0;
    for (const std::size_t end : ends_) {
      all.push_back(connection_.output().substr(begin, end - begin));
      begin = end;
    }
    return all;
  }

 private:
  void on_room() noexcept override {}
  void on_output() noexcept override {}
  void reply_ends() override { ends_.push_back(connection_.output().size()); }

  streams::MemoryConnection connection_;
  std::vector<std::size_t> ends_;
};

}  // namespace

TEST_CASE("who asks is told where each line's reply ends, be it nothing or the last", "[line]") {
  streams::EventLoop loop;
  server::insight::Registry stats;
  Client client(loop);
  tests::run(loop, client.ask("PING\n\nECHO a b\nNO\nQUIT\n", stats));
  CHECK(client.result == std::error_code{});
  CHECK(client.replies() == std::vector<std::string_view>{"+PONG\r\n", "", "+a b\r\n",
                                                          "-ERR unknown command 'NO', try HELP\r\n",
                                                          "+BYE\r\n"});
}
