// echoline ask: its options, the reply for scripts, and the exit code.
#include "client/ask/ask.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

#include "client/command_line/options.hpp"
#include "client/command_line/proxy.hpp"
#include "client/command_line/subcommand.hpp"
#include "client/command_line/tcp_options.hpp"
#include "client/exit_code.hpp"

namespace client::command_line {
namespace {

/// A line that has a reply of its own.
std::string parse_line(const std::string& text) {
  if (text.find('\n') != std::string::npos) {
    throw CLI::ValidationError("LINE",
                               "it is one line, and its end is added; take \"echoline "
                               "send\" for several");
  }
  return text;
}

/// False when not all was taken.
bool print(std::string_view reply) {
  // For the shell, whose lines end with a line feed alone.
  std::string text;
  for (std::size_t at = 0; at < reply.size(); ++at) {
    if (reply[at] == '\r' && at + 1 < reply.size() && reply[at + 1] == '\n') continue;
    text += reply[at];
  }
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
         std::fflush(stdout) == 0;
}

class AskCommand final : public Subcommand {
 public:
  explicit AskCommand(CLI::App& app) : tcp_(app) {
    add_target(app, target_, {"LINE", "The line to send, without a line end", true}, word_);
    add_choice(app, "--protocol", options_.protocol,
               "line (default): the reply is a line, or as many\n"
               "more as a line such as *3 says; echo: the line itself",
               line_protocols);
    add_proxy(app, options_.proxy);
    add_duration(app, "-w,--timeout", options_.timeout, "How long everything may take (10s)",
                 std::chrono::milliseconds{1}, std::chrono::hours{24});
    app.footer(
        "Prints the reply, with LF line ends. Exit code 0: there was one; 1: there was none, or "
        "it\n"
        "is an error (-...) or, with echo, not the line; 2: an error on the command line.");
    app.final_callback([this] {
      line_ = parse_line(*word_);
      if (!has_reply(options_.protocol, line_)) {
        throw CLI::ValidationError("LINE", "an empty line has no reply");
      }
      options_.socket = tcp_.complete(target_);
    });
  }

  int run() override {
    // A reader of our output that has gone is an error of write(2).
    std::signal(SIGPIPE, SIG_IGN);
    options_.target = target_.address;
    options_.target_name = target_.name;
    streams::EventLoop loop;
    const ask::Answer answer = loop.run(ask::ask(loop, options_, line_));
    const bool printed = print(answer.reply);
    if (!printed) {
      std::fprintf(stderr, "echoline ask: cannot write the output: %s\n", std::strerror(errno));
    }
    if (!answer.failure.empty()) {
      std::fprintf(stderr, "echoline ask: %s\n", answer.failure.c_str());
    }
    return printed && answer.failure.empty() ? exit_code::success : exit_code::failure;
  }

 private:
  Target target_;
  TcpOptions tcp_;
  std::optional<std::string> word_;
  std::string line_;
  ask::Options options_;
};

}  // namespace

const SubcommandEntry ask_command{
    "ask", "Send a service one line and print its reply, for scripts",
    "  echoline ask 127.0.0.1:7008 PING               exit code 0 if it answers\n",
    [](CLI::App& app) -> std::unique_ptr<Subcommand> { return std::make_unique<AskCommand>(app); }};

}  // namespace client::command_line
