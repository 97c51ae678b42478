// echoline connect: its options, and the message and exit code of a session's end.
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "client/command_line/options.hpp"
#include "client/command_line/proxy.hpp"
#include "client/command_line/quantity.hpp"
#include "client/command_line/subcommand.hpp"
#include "client/command_line/tcp_options.hpp"
#include "client/connect/session.hpp"
#include "client/exit_code.hpp"

namespace client::command_line {
namespace {

void greet(const streams::Endpoint& peer) {
  if (::isatty(STDIN_FILENO) == 0) return;
  std::fprintf(stderr, "echoline: connected to %s; Ctrl-D ends the input, Ctrl-C leaves\n",
               peer.to_string().c_str());
}

class ConnectCommand final : public Subcommand {
 public:
  explicit ConnectCommand(CLI::App& app) : tcp_(app) {
    add_target(app, target_);
    app.add_flag("--crlf", options_.crlf, "Send CRLF for each LF in the input");
    add_proxy(app, options_.proxy);
    add_duration(app, "-w,--timeout", options_.timeout,
                 "Give up when connecting takes this long, or when\n"
                 "no data moves for this long (never)",
                 std::chrono::milliseconds{1});
    app.final_callback([this] { options_.socket = tcp_.complete(target_); });
    app.footer(
        "The end of the input half-closes the connection; when the peer closes it, echoline ends.\n"
        "Exit code 0: the peer closed it cleanly and all of the input was sent; 1: refused, "
        "reset,\n"
        "timed out, input left unsent, or input or output failed; 130: Ctrl-C.");
  }

  int run() override {
    // A reader of our output that has gone is an error of write(2).
    std::signal(SIGPIPE, SIG_IGN);
    options_.target = target_.address;
    options_.timeout_text = format_duration(options_.timeout);
    options_.connected = greet;
    streams::EventLoop loop;
    streams::Executor executor(1);
    connect::Session session(loop, executor, options_, STDIN_FILENO, STDOUT_FILENO);
    const connect::Ending ending = loop.run(session.run());
    switch (ending.kind) {
      case connect::Ending::Kind::finished: break;
      case connect::Ending::Kind::closed_by_peer:
        std::fprintf(stderr, "echoline: %s closed the connection\n", target_.name.c_str());
        break;
      case connect::Ending::Kind::failed:
        std::fprintf(stderr, "echoline: %s\n", ending.what.c_str());
        return exit_code::failure;
      case connect::Ending::Kind::interrupted: return exit_code::interrupted;
    }
    return exit_code::success;
  }

 private:
  Target target_;
  TcpOptions tcp_;
  connect::Options options_;
};

}  // namespace

const SubcommandEntry connect_command{
    "connect", "Talk to a service: send the input, print the replies",
    "  echoline connect 127.0.0.1:7008                type lines, end with Ctrl-D\n"
    "  printf 'PING\\nTIME\\n' | echoline connect 127.0.0.1:7008\n"
    "  echoline connect 127.0.0.1:7007 <sent >received\n",
    [](CLI::App& app) -> std::unique_ptr<Subcommand> {
      return std::make_unique<ConnectCommand>(app);
    }};

}  // namespace client::command_line
