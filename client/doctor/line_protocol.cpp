// Group 12: the line protocol of echolined, and what telnet does to it.
#include <array>
#include <string>

#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"

namespace client::doctor {
namespace {

using streams::Task;
using namespace std::chrono_literals;

Task<void> ask(Socket& near, std::string line, std::string answer) {
  co_await send(near, line);
  co_await expect(near, answer);
}

Task<std::string> answers(Bench& bench) {
  const auto near = co_await bench.connect();
  co_await ask(*near, "PING\r\n", "+PONG\r\n");
  co_await ask(*near, "ping hello\r\n", "+hello\r\n");
  co_await ask(*near, "ECHO  two  spaces \r\n", "+ two  spaces \r\n");
  co_return "";
}

Task<std::string> line_ends(Bench& bench) {
  const auto near = co_await bench.connect();
  co_await ask(*near, "PING\n", "+PONG\r\n");
  co_await ask(*near, "PING\r\n", "+PONG\r\n");
  co_await ask(*near, std::string("PING\r\0", 6), "+PONG\r\n");
  co_return "";
}

Task<std::string> pipelined(Bench& bench) {
  std::string lines;
  std::string replies;
  for (int i = 0; i < 1000; ++i) {
    lines += "ECHO " + std::to_string(i) + "\r\n";
    replies += '+' + std::to_string(i) + "\r\n";
  }
  const auto near = co_await bench.connect();
  co_await ask(*near, lines, replies);
  co_return "";
}

Task<std::string> in_pieces(Bench& bench) {
  const auto near = co_await bench.connect();
  const std::string line = "PING in pieces\r\n";
  for (const char c : line) {
    co_await send(*near, std::string(1, c));
    if (c != '\n') co_await expect_silence(*near, 5ms);
  }
  co_await expect(*near, "+in pieces\r\n");
  co_return "";
}

Task<std::string> last_line(Bench& bench) {
  const auto near = co_await bench.connect();
  near->send_last("PING");
  co_await expect(*near, "+PONG\r\n");
  co_await expect_fin(*near);
  co_return "";
}

Task<std::string> all_before_fin(Bench& bench) {
  std::string lines;
  std::string replies;
  for (int i = 0; i < 100; ++i) {
    lines += "ECHO " + std::to_string(i) + "\r\n";
    replies += '+' + std::to_string(i) + "\r\n";
  }
  const auto near = co_await bench.connect();
  near->send_last(lines);
  co_await expect(*near, replies);
  co_await expect_fin(*near);
  co_return "";
}

/// A line of the service's own words.
Task<std::string> reply_of(Socket& near) {
  const std::uint64_t before = near.received();
  for (std::uint64_t more = 1;; ++more) {
    const bool came = co_await near.receive(before + more, deadlock);
    if (!came) throw Broken("no line came, but " + near.how_it_ended());
    if (near.text().ends_with("\n")) break;
  }
  co_return near.text().substr(before);
}

Task<std::string> unknown_command(Bench& bench) {
  const auto near = co_await bench.connect();
  co_await send(*near, "NOSUCH command\r\n");
  const std::string reply = co_await reply_of(*near);
  if (!reply.starts_with('-')) throw Broken("the reply is no error: " + shown(reply));
  co_await ask(*near, "PING\r\n", "+PONG\r\n");
  co_return "";
}

Task<std::string> endless_line(Bench& bench) {
  const auto near = co_await bench.connect();
  co_await send(*near, std::string(std::size_t{100} << 10U, 'x'));
  co_await send(*near, "\r\n");
  const std::string reply = co_await reply_of(*near);
  if (!reply.starts_with('-')) throw Broken("the reply is no error: " + shown(reply));
  co_await ask(*near, "PING\r\n", "+PONG\r\n");
  co_return "";
}

Task<std::string> quit(Bench& bench) {
  const auto near = co_await bench.connect();
  co_await ask(*near, "QUIT\r\n", "+BYE\r\n");
  co_await expect_fin(*near);
  co_return "";
}

constexpr const char* iac = "\xFF";
constexpr const char* will = "\xFB";
constexpr const char* wont = "\xFC";
constexpr const char* do_it = "\xFD";
constexpr const char* dont = "\xFE";
constexpr const char* naws = "\x1F";

Task<std::string> telnet_escape(Bench& bench) {
  const auto near = co_await bench.connect();
  co_await ask(*near, std::string("ECHO a") + iac + iac + "b\r\n",
               std::string("+a") + iac + "b\r\n");
  co_return "";
}

Task<std::string> telnet_options(Bench& bench) {
  const auto near = co_await bench.connect();
  co_await ask(*near, std::string(iac) + do_it + naws, std::string(iac) + wont + naws);
  co_await ask(*near, std::string(iac) + will + naws, std::string(iac) + dont + naws);
  co_await ask(*near, "PING\r\n", "+PONG\r\n");
  co_return "";
}

Task<std::string> telnet_timing_mark(Bench& bench) {
  const std::string asked = std::string(iac) + do_it + '\x06';
  const std::string answered = std::string(iac) + wont + '\x06';
  const auto near = co_await bench.connect();
  for (int i = 0; i < 3; ++i) co_await ask(*near, asked, answered);
  co_return "";
}

constexpr const char* protocol = "echolined(8), line protocol";

constexpr std::array table{
    must({12, 1}, only(Way::line), "PING and ECHO are answered, their text octet for octet.",
         "Without it there is no service.", protocol, 1, 20s, answers),
    must({12, 2}, only(Way::line), "LF, CR LF and telnet's CR NUL end a line.",
         "netcat sends the one, telnet the other.", protocol, 1, 20s, line_ends),
    must({12, 3}, only(Way::line),
         "A thousand lines at once get a thousand replies in their order.",
         "Pipelines mix up who asked what.", protocol, 3, 20s, pipelined),
    must({12, 4}, only(Way::line), "A line that comes in single octets is one line.",
         "Segments are no messages.", protocol, 1, 20s, in_pieces),
    must({12, 5}, only(Way::line), "A last line without its end, before FIN, is answered.",
         "`printf PING | nc -N host port` prints nothing.", protocol, 10, 20s, last_line),
    must({12, 6}, only(Way::line), "All lines before FIN are answered before the service's FIN.",
         "The last replies are lost.", protocol, 10, 20s, all_before_fin),
    must({12, 7}, only(Way::line), "An unknown command is an error, and the connection goes on.",
         "A typing error ends the session.", protocol, 1, 20s, unknown_command),
    must({12, 8}, only(Way::line), "A line of 100 KiB is an error, and the connection goes on.",
         "One line takes the memory of all, or ends the session.", protocol, 1, 20s, endless_line),
    must({12, 9}, only(Way::line), "QUIT is answered, then comes FIN.", "Clients wait for the end.",
         protocol, 3, 20s, quit),
    must({12, 10}, only(Way::line), "IAC IAC in a line is one octet 255.",
         "Text in Latin-1 is damaged.", "RFC 854", 1, 20s, telnet_escape),
    must({12, 11}, only(Way::line), "Telnet's DO is refused with WONT, and WILL with DONT.",
         "A telnet client waits for the answer.", "RFC 854, RFC 1143", 1, 20s, telnet_options),
    should({12, 12}, only(Way::line), "DO TIMING-MARK is answered each time.",
           "A telnet client holds its output back until the answer comes.", "RFC 860", 1, 20s,
           telnet_timing_mark)};

}  // namespace

std::span<const Case> line_cases() { return table; }

}  // namespace client::doctor
