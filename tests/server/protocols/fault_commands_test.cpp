#include "server/protocols/fault_commands.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/faults/grammar.hpp"
#include "tests/catch.hpp"
#include "tests/server/protocols/arrival.hpp"
#include "tests/streams/socket_pair.hpp"

using server::protocols::Context;
using server::protocols::FaultControl;
using server::protocols::LineCommands;
using server::protocols::Reply;

namespace {

struct Added {
  std::string fault;
  std::size_t behind;

  bool operator==(const Added&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Added& added) {
  return out << added.fault << ", " << added.behind << " behind";
}

class Control final : public FaultControl {
 public:
  std::string_view add(const faults::Fault& fault, std::size_t behind) override {
    if (refusal.empty()) added.push_back({faults::to_text(fault), behind});
    return refusal;
  }
  std::vector<std::string> show() const override { return shown; }
  void clear() override { ++cleared; }

  std::vector<Added> added;
  std::vector<std::string> shown;
  std::string_view refusal;
  int cleared = 0;
};

struct Commands {
  explicit Commands(FaultControl* control)
      : connection(loop, tests::unix_pair().ours, {}),
        context{
            .version = "0.1.0", .options = {}, .stats = stats, .now = nullptr, .faults = control} {}

  server::insight::Registry stats;
  streams::EventLoop loop;
  streams::Connection connection;
  Context context;
  tests::Arrival arrival;
  server::protocols::Caller caller{connection.writer(), arrival};
  LineCommands commands{context, caller};

  std::string operator()(std::string_view line) {
    const Reply reply = commands.execute(line);
    std::string all;
    for (const std::string_view part : reply.parts) all += part;
    return all;
  }
};

using Faults = std::vector<Added>;

}  // namespace

TEST_CASE("without a fault control there are no commands of faults") {
  Commands run(nullptr);
  for (const std::string line :
       {"SLEEP 1ms", "FILL 1", "DRIP 1 1ms", "RESET", "CLOSE", "FAULT fin"}) {
    const std::string word = line.substr(0, line.find(' '));
    CHECK(run(line) == "-ERR unknown command '" + word + "', try HELP\r\n");
    CHECK(run("HELP " + word) == "-ERR unknown command '" + word + "', try HELP\r\n");
  }
  CHECK(run("HELP").starts_with("*9\r\n"));
}

TEST_CASE("with one, HELP has them behind the others") {
  Control control;
  Commands run(&control);
  const std::string help = run("HELP");
  CHECK(help.starts_with("*15\r\n+PING [text]: "));
  CHECK(help.find("\r\n+QUIT: answer BYE and close the connection\r\n+SLEEP time: ") !=
        std::string::npos);
  CHECK(run("HELP fault") ==
        "*1\r\n+FAULT fault|SHOW|OFF: add a fault to this connection, list them, or end them\r\n");
  CHECK(run("HELP faults") == "-ERR unknown command 'faults', try HELP\r\n");
  CHECK(run("PING") == "+PONG\r\n");
  CHECK(run("NONSENSE") == "-ERR unknown command 'NONSENSE', try HELP\r\n");
  CHECK(control.added.empty());
}

TEST_CASE("SLEEP delays its own reply") {
  Control control;
  Commands run(&control);
  CHECK(run("SLEEP 200ms") == "+OK\r\n");
  CHECK(run("sleep 1m30s") == "+OK\r\n");
  CHECK(control.added == Faults{{"delay 200ms at byte 0", 0}, {"delay 90s at byte 0", 0}});
}

TEST_CASE("FILL and DRIP are a line whose inside is inserted") {
  Control control;
  Commands run(&control);
  CHECK(run("FILL 1MiB") == "+\r\n");
  CHECK(run("DRIP 100 10ms") == "+\r\n");
  CHECK(control.added ==
        Faults{{"insert 1MiB at byte 0", 1}, {"insert 100B every 10ms at byte 0", 1}});
}

TEST_CASE("RESET and CLOSE come right behind their reply") {
  Control control;
  Commands run(&control);
  CHECK(run("RESET") == "+OK\r\n");
  CHECK(run("Close") == "+OK\r\n");
  CHECK(control.added == Faults{{"reset at byte 0", 5}, {"fin at byte 0", 5}});
  CHECK(run("RESET now") == "-ERR RESET takes no argument\r\n");
  CHECK(control.added.size() == 2);
}

TEST_CASE("FAULT adds a fault that counts from behind its reply") {
  Control control;
  Commands run(&control);
  CHECK(run("FAULT reset at byte 4KiB") == "+OK\r\n");
  CHECK(run("fault CORRUPT xor 1 every 64KiB with 1%") == "+OK\r\n");
  CHECK(control.added ==
        Faults{{"reset at byte 4096", 5}, {"corrupt xor 1 every 64KiB with 1%", 5}});
}

TEST_CASE("FAULT SHOW lists what is in force, FAULT OFF ends it") {
  Control control;
  Commands run(&control);
  CHECK(run("FAULT SHOW") == "*0\r\n");
  control.shown = {"delay 2ms every line", "fin at byte 9"};
  CHECK(run("fault show") == "*2\r\n+delay 2ms every line\r\n+fin at byte 9\r\n");
  CHECK(run("FAULT OFF") == "+OK\r\n");
  CHECK(control.cleared == 1);
  CHECK(control.added.empty());
}

TEST_CASE("what is wrong is told and adds nothing") {
  Control control;
  Commands run(&control);
  for (const std::string line : {"SLEEP", "SLEEP soon", "SLEEP 5", "SLEEP 1ms at byte 9",
                                 "SLEEP 5ms of input", "SLEEP 1ms 50% 10s 50%", "SLEEP 25h"})
    CHECK(run(line) == "-ERR SLEEP takes a time, as in SLEEP 200ms\r\n");
  for (const std::string line : {"FILL", "FILL much", "FILL 0", "FILL 10 every 1ms",
                                 "FILL 10\tevery 1ms", "FILL 10 of input"})
    CHECK(run(line) == "-ERR FILL takes a size, as in FILL 1MiB\r\n");
  for (const std::string line : {"DRIP", "DRIP 100", "DRIP 100 64KiB", "DRIP 10ms 100"})
    CHECK(run(line) == "-ERR DRIP takes a size and a time, as in DRIP 100 10ms\r\n");
  CHECK(run("FAULT reset at bite 3") ==
        "-ERR fault, column 10: " + faults::parse("reset at bite 3").wrong.what + "\r\n");
  CHECK(run("FAULT").starts_with("-ERR fault, column 1: "));
  CHECK(run("FAULT silent") == "-ERR this connection has been accepted already\r\n");
  CHECK(control.added.empty());
}

TEST_CASE("a fault that cannot be added is told with why") {
  Control control;
  Commands run(&control);
  control.refusal = "this connection has as many faults as it may";
  for (const std::string line :
       {"SLEEP 1ms", "FILL 1", "DRIP 1 1ms", "RESET", "CLOSE", "FAULT fin"})
    CHECK(run(line) == "-ERR this connection has as many faults as it may\r\n");
}

TEST_CASE("no byte in a fault brings a line end into the reply, but the reply's own") {
  Control control;
  Commands run(&control);
  for (const std::string before : {"FAULT ", "FAULT answer \"", "SLEEP ", "FILL ", "DRIP 1 "}) {
    for (int byte = 0; byte < 256; ++byte) {
      if (byte == '\n') continue;
      std::string line = before;
      line += static_cast<char>(byte);
      const std::string reply = run(line);
      CAPTURE(before, byte, reply);
      REQUIRE(reply.size() >= 3);
      CHECK(reply.find_first_of("\r\n") == reply.size() - 2);
      CHECK(reply.substr(reply.size() - 2) == "\r\n");
    }
  }
}
