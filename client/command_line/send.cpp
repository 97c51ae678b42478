// echoline send: its options, and the summary of a run.
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <CLI/CLI.hpp>

#include "client/command_line/options.hpp"
#include "client/command_line/proxy.hpp"
#include "client/command_line/subcommand.hpp"
#include "client/command_line/tcp_options.hpp"
#include "client/exit_code.hpp"
#include "client/send/sender.hpp"
#include "streams/unique_fd.hpp"

namespace client::command_line {
namespace {

constexpr std::uint64_t max_window = 1'000'000;  // lines

void print(const send::SendResult& result, double seconds) {
  const auto number = [](std::uint64_t count) { return static_cast<unsigned long long>(count); };
  const send::LineCounts& lines = result.lines;
  if (!result.failure.empty()) std::fprintf(stderr, "echoline: %s\n", result.failure.c_str());
  const std::uint64_t replies = lines.answered + lines.different;
  if (lines.printed < replies) {
    std::fprintf(stderr, "echoline: replies that came and were not printed: %llu\n",
                 number(replies - lines.printed));
  }
  if (lines.empty > 0) {
    std::fprintf(
        stderr,
        "echoline: empty lines left out, because a line service does not answer them: %llu\n",
        number(lines.empty));
  }
  std::fprintf(
      stderr,
      "echoline: lines: %llu read, %llu sent, %llu answered, %llu different, %llu retried, "
      "%llu lost, %llu not sent, in %.3f s\n",
      number(lines.read), number(lines.sent), number(lines.answered), number(lines.different),
      number(lines.retried), number(lines.lost), number(lines.not_sent), seconds);
}

class SendCommand final : public Subcommand {
 public:
  explicit SendCommand(CLI::App& app) : tcp_(app) {
    add_target(app, target_, {"FILE", "The lines; standard input without it, or for -", false},
               file_);
    add_choice(app, "--protocol", options_.protocol,
               "line (default): the reply is a line, or as\n"
               "many more as a line such as *3 says; echo: the line",
               line_protocols);
    add_count(app, "-n,--connections", connections_, "Connections to send the lines on (1)", 1,
              10'000);
    add_count(app, "-p,--pipeline", pipeline_, "Lines in flight on each (1)", 1, 1000);
    app.add_flag("-u,--unordered", unordered_, "Print replies as they arrive");
    add_count(app, "--window", window_, "Lines read and not printed yet, at most (1000)", 1,
              max_window);
    add_duration(app, "-w,--timeout", options_.timeout,
                 "How long to wait to connect, and for a reply (10s)", std::chrono::milliseconds{1},
                 std::chrono::hours{24});
    add_count(app, "--retries", options_.retries, "How often to try again, with growing delays (3)",
              0, 1'000'000);
    app.add_flag("--at-most-once", options_.at_most_once,
                 "Do not resend what may have been executed;\n"
                 "count it as lost");
    add_proxy(app, options_.proxy);
    app.final_callback([this] {
      if (file_ && file_->empty()) throw CLI::ValidationError("FILE", "the name is empty");
      if (connections_ * pipeline_ > max_window) {
        throw CLI::ValidationError("--pipeline", "times --connections it is over 1000000");
      }
      options_.socket = tcp_.complete(target_);
    });
    app.footer(
        "Every line that was read ends up answered, different, lost or not sent. Standard error "
        "has a\n"
        "message for each that is not answered or is sent again. A lost line has no reply in the\n"
        "output. With --protocol line empty lines are left out. Exit code 0: all were answered;\n"
        "1: not all, or input or output failed; 130: Ctrl-C, the first lets what is under way "
        "end.");
  }

  int run() override {
    using Clock = std::chrono::steady_clock;
    // A reader of our output that has gone is an error of write(2).
    std::signal(SIGPIPE, SIG_IGN);
    options_.target = target_.address;
    options_.target_name = target_.name;
    options_.connections = connections_;
    options_.pipeline = pipeline_;
    options_.window = std::max(window_, connections_ * pipeline_);
    options_.ordered = !unordered_;
    streams::UniqueFd file;
    if (file_ && *file_ != "-") {
      file = streams::UniqueFd(::open(file_->c_str(), O_RDONLY | O_CLOEXEC));
      if (!file) throw std::system_error(errno, std::system_category(), "cannot open " + *file_);
    }
    streams::EventLoop loop;
    streams::Executor executor(1);
    send::Sender sender(loop, executor, options_, file ? file.get() : STDIN_FILENO, STDOUT_FILENO);
    const auto start = Clock::now();
    const send::SendResult result = loop.run(sender.run());
    print(result, std::chrono::duration<double>(Clock::now() - start).count());
    if (result.interrupted) return exit_code::interrupted;
    const bool all = result.failure.empty() && result.lines.all_answered();
    return all ? exit_code::success : exit_code::failure;
  }

 private:
  Target target_;
  TcpOptions tcp_;
  std::optional<std::string> file_;
  std::uint64_t connections_ = 1;
  std::uint64_t pipeline_ = 1;
  std::uint64_t window_ = 1000;
  bool unordered_ = false;
  send::Options options_;
};

}  // namespace

const SubcommandEntry send_command{
    "send", "Send the lines of a file or pipe to a service and print its replies",
    "  echoline send 127.0.0.1:7008 commands.txt      replies in the lines' order\n"
    "  seq 1000 | echoline send --protocol echo -n 8 127.0.0.1:7007\n",
    [](CLI::App& app) -> std::unique_ptr<Subcommand> {
      return std::make_unique<SendCommand>(app);
    }};

}  // namespace client::command_line
