#include "server/protocols/line_commands.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>
#include <variant>
#include <vector>

#include "streams/address.hpp"
#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "tests/catch.hpp"
#include "tests/server/protocols/arrival.hpp"
#include "tests/streams/socket_pair.hpp"

using namespace std::chrono_literals;
using namespace std::string_literals;
using server::protocols::Context;
using server::protocols::LineCommands;
using server::protocols::Reply;

namespace {

using TimePoint = std::chrono::system_clock::time_point;

TimePoint wall_clock;  // what the commands are told it is

struct Commands {
  explicit Commands(const streams::Endpoint& peer = {})
      : connection(loop, tests::unix_pair().ours, peer) {}

  server::insight::Registry stats;
  streams::EventLoop loop;
  streams::Connection connection;
  Context context{"0.1.0", {}, stats, [] { return wall_clock; }};
  tests::Arrival arrival;
  server::protocols::Caller caller{connection.writer(), arrival};
  LineCommands commands{context, caller};

  static std::string text(const Reply& reply) {
    std::string all;
    for (const std::string_view part : reply.parts) all += part;
    return all;
  }
  std::string operator()(std::string_view line) { return text(commands.execute(line)); }
};

streams::Endpoint endpoint(std::string_view text) {
  const streams::Address address = streams::address_of(text);
  return streams::Endpoint::of_literal(std::get<streams::HostPort>(address)).value();
}

std::string time_at(TimePoint now) {
  wall_clock = now;
  return Commands{}("TIME");
}

}  // namespace

TEST_CASE("PING is answered with PONG, PING text with the text") {
  Commands run;
  CHECK(run("PING") == "+PONG\r\n");
  CHECK(run("PING ") == "+PONG\r\n");
  CHECK(run("PING hello") == "+hello\r\n");
}

TEST_CASE("ECHO answers its text, alone with an empty one") {
  Commands run;
  CHECK(run("ECHO hello") == "+hello\r\n");
  CHECK(run("ECHO") == "+\r\n");
  CHECK(run("ECHO ") == "+\r\n");
}

TEST_CASE("one space separates a command from its argument, which is kept byte for byte") {
  Commands run;
  CHECK(run("ECHO  two  spaces ") == "+ two  spaces \r\n");
  CHECK(run("PING  ") == "+ \r\n");
  CHECK(run("ECHO \ttab\x01\x7f\0\xff \xc3\xa9"s) == "+\ttab\x01\x7f\0\xff \xc3\xa9\r\n"s);
  CHECK(run("ECHO 'quoted' \\n") == "+'quoted' \\n\r\n");
}

TEST_CASE("text goes back without being copied") {
  Commands run;
  const std::string line = "ECHO hello";
  const Reply reply = run.commands.execute(line);
  CHECK(static_cast<const void*>(reply.parts[1].data()) == line.data() + 5);
}

TEST_CASE("a carriage return in text goes back as backslash r") {
  Commands run;
  CHECK(run("ECHO a\rb\r") == "+a\\rb\\r\r\n");
  CHECK(run("PING \r\r") == "+\\r\\r\r\n");
}

TEST_CASE("commands are known in any case") {
  Commands run;
  CHECK(run("ping") == "+PONG\r\n");
  CHECK(run("pInG") == "+PONG\r\n");
  CHECK(run("echo MiXed") == "+MiXed\r\n");
  CHECK(run("version") == "+echoline 0.1.0\r\n");
}

TEST_CASE("TIME gives UTC with microseconds") {
  CHECK(time_at(TimePoint{} + 1795213145s + 123456us) == "+2026-11-20T22:19:05.123456Z\r\n");
  CHECK(time_at(TimePoint{}) == "+1970-01-01T00:00:00.000000Z\r\n");
  CHECK(time_at(TimePoint{} + 1us) == "+1970-01-01T00:00:00.000001Z\r\n");
  CHECK(time_at(TimePoint{} - 1us) == "+1969-12-31T23:59:59.999999Z\r\n");
  CHECK(time_at(TimePoint{} + 951827696s) == "+2000-02-29T12:34:56.000000Z\r\n");
  CHECK(time_at(TimePoint{} + 4107542399s + 999999us) == "+2100-02-28T23:59:59.999999Z\r\n");
}

TEST_CASE("TIME cuts nanoseconds off") {
  const auto almost_two = std::chrono::duration_cast<TimePoint::duration>(1999ns);
  CHECK(time_at(TimePoint{} + almost_two) == "+1970-01-01T00:00:00.000001Z\r\n");
}

TEST_CASE("STAMP tells in nanoseconds when the line came and when it was answered, then the text") {
  Commands run;
  run.arrival.at = std::chrono::steady_clock::time_point(4s + 17ns);
  run.context.monotonic = [] { return std::chrono::steady_clock::time_point(5s); };
  CHECK(run("STAMP") == "+4000000017 5000000000\r\n");
  CHECK(run("STAMP ") == "+4000000017 5000000000\r\n");
  CHECK(run("stamp  a b ") == "+4000000017 5000000000  a b \r\n");
  CHECK(run("STAMP a\rb") == "+4000000017 5000000000 a\\rb\r\n");
  const std::string most(8000, 'x');
  CHECK(run("STAMP " + most) == "+4000000017 5000000000 " + most + "\r\n");
}

TEST_CASE("WHOAMI gives the peer's address as the server sees it") {
  CHECK(Commands{endpoint("203.0.113.7:51512")}("WHOAMI") == "+203.0.113.7:51512\r\n");
  CHECK(Commands{endpoint("[2001:db8::7]:51512")}("WHOAMI") == "+[2001:db8::7]:51512\r\n");
  sockaddr_storage from{};
  from.ss_family = AF_UNIX;
  CHECK(Commands{streams::Endpoint(from)}("WHOAMI") == "+unix\r\n");
}

TEST_CASE("WHOAMI gives the client that a proxy has named, and the proxy") {
  Commands run;
  run.connection.writer().set_peername(endpoint("203.0.113.7:51512"));
  CHECK(run("WHOAMI") == "+203.0.113.7:51512 via unix\r\n");
}

TEST_CASE("STATS gives every counter on a line, after their number") {
  Commands run;
  static constexpr server::insight::Family connections{.name = "connections", .help = ""};
  static constexpr server::insight::Family bytes_in{.name = "bytes_in", .help = ""};
  CHECK(run("STATS") == "*0\r\n");
  run.stats.add(connections, {}, [] { return std::uint64_t{3}; });
  run.stats.add(bytes_in, {}, [] { return std::numeric_limits<std::uint64_t>::max(); });
  CHECK(run("STATS") == "*2\r\n+connections 3\r\n+bytes_in 18446744073709551615\r\n");
}

TEST_CASE("VERSION gives the program and its version") {
  CHECK(Commands{}("VERSION") == "+echoline 0.1.0\r\n");
}

TEST_CASE("HELP lists each command once with its argument and what it does") {
  const std::string help = Commands{}("HELP");
  CHECK(help ==
        "*9\r\n"
        "+PING [text]: answer PONG, or the text\r\n"
        "+ECHO [text]: answer the text\r\n"
        "+TIME: the server's clock, UTC with microseconds\r\n"
        "+STAMP [text]: ns of a steady clock: the line's arrival, this reply; the text\r\n"
        "+WHOAMI: your address as the server sees it\r\n"
        "+STATS: the server's counters, one name and value per line\r\n"
        "+VERSION: the server's name and version\r\n"
        "+HELP [command]: the commands, or one of them\r\n"
        "+QUIT: answer BYE and close the connection\r\n");
}

TEST_CASE("HELP with a command, in any case, gives that one") {
  Commands run;
  CHECK(run("HELP ECHO") == "*1\r\n+ECHO [text]: answer the text\r\n");
  CHECK(run("help quit") == "*1\r\n+QUIT: answer BYE and close the connection\r\n");
  CHECK(run("HELP foo") == "-ERR unknown command 'foo', try HELP\r\n");
}

TEST_CASE("QUIT says BYE and asks for the connection to be closed, nothing else does") {
  Commands run;
  const Reply reply = run.commands.execute("quit");
  CHECK(Commands::text(reply) == "+BYE\r\n");
  CHECK(reply.quit);
  for (const std::string_view line : {"PING", "HELP QUIT", "QUITS", "ECHO QUIT", "QUIT now", ""}) {
    CHECK_FALSE(run.commands.execute(line).quit);
  }
}

TEST_CASE("an empty line has no reply, any other line has one") {
  Commands run;
  CHECK(run.commands.execute("").empty());
  CHECK(run("") == "");
  for (const std::string_view line : {"PING", "ECHO", "foo", " ", "QUIT", "TIME now", "STAMP"}) {
    CHECK_FALSE(run.commands.execute(line).empty());
  }
}

TEST_CASE("an unknown command is named in the error") {
  Commands run;
  CHECK(run("foo") == "-ERR unknown command 'foo', try HELP\r\n");
  CHECK(run("Foo bar baz") == "-ERR unknown command 'Foo', try HELP\r\n");
  CHECK(run("PIN") == "-ERR unknown command 'PIN', try HELP\r\n");
  CHECK(run("PINGS") == "-ERR unknown command 'PINGS', try HELP\r\n");
  CHECK(run("PING\tx") == "-ERR unknown command 'PING\\x09x', try HELP\r\n");
  CHECK(run("0ING") == "-ERR unknown command '0ING', try HELP\r\n");
}

TEST_CASE("a line that starts with a space has an empty, unknown command") {
  Commands run;
  CHECK(run(" PING") == "-ERR unknown command '', try HELP\r\n");
  CHECK(run("   ") == "-ERR unknown command '', try HELP\r\n");
}

TEST_CASE("an unknown command is escaped where it is not printable ASCII") {
  Commands run;
  CHECK(run("a\r\0\x1f\x7f\x1b[m"s) ==
        "-ERR unknown command 'a\\x0d\\x00\\x1f\\x7f\\x1b[m', try HELP\r\n");
  CHECK(run("it's\\") == "-ERR unknown command 'it\\'s\\\\', try HELP\r\n");
  CHECK(run("\xc3\xa9\xff") == "-ERR unknown command '\\xc3\\xa9\\xff', try HELP\r\n");
  CHECK(run("!\"#~") == "-ERR unknown command '!\"#~', try HELP\r\n");
}

TEST_CASE("an unknown command is cut at 32 bytes, counted before they are escaped") {
  Commands run;
  const std::string most(32, 'x');
  CHECK(run(most) == "-ERR unknown command '" + most + "', try HELP\r\n");
  CHECK(run(most + "y") == "-ERR unknown command '" + most + "', try HELP\r\n");
  std::string escaped;
  for (int i = 0; i < 32; ++i) escaped += "\\x01";
  CHECK(run(std::string(8000, '\x01')) == "-ERR unknown command '" + escaped + "', try HELP\r\n");
}

TEST_CASE("a command that takes no argument refuses one") {
  Commands run;
  for (const std::string name : {"TIME", "WHOAMI", "STATS", "VERSION", "QUIT"}) {
    CHECK(run(name + " x") == "-ERR " + name + " takes no argument\r\n");
    CHECK(run(name + "  ") == "-ERR " + name + " takes no argument\r\n");
    CHECK(run(name + " ") == run(name));
  }
  CHECK(run("time x") == "-ERR TIME takes no argument\r\n");
}

TEST_CASE("a line too long is told the limit") {
  Commands run;
  CHECK(Commands::text(run.commands.too_long()) == "-ERR line longer than 8192 bytes\r\n");
  run.context.options.max_line = 64;
  CHECK(Commands::text(run.commands.too_long()) == "-ERR line longer than 64 bytes\r\n");
}

TEST_CASE("no byte in a line brings a line end into the reply, but the reply's own") {
  Commands run;
  for (const std::string before : {"", "PING ", "ECHO ", "HELP ", "TIME ", "STAMP ", "QUIT "}) {
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

TEST_CASE("commands go on after release") {
  Commands run;
  CHECK(run("ECHO " + std::string(8000, '\r')).size() == 16'003);
  run.commands.release();
  CHECK(run("ECHO a\rb") == "+a\\rb\r\n");
}
