// echoline ping: its options.
#include "client/ping/ping.hpp"

#include <array>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "client/command_line/options.hpp"
#include "client/command_line/proxy.hpp"
#include "client/command_line/subcommand.hpp"
#include "client/command_line/tcp_options.hpp"
#include "client/exit_code.hpp"

namespace client::command_line {
namespace {

constexpr std::array<std::pair<std::string_view, ping::Protocol>, 3> protocols{
    {{"echo", ping::Protocol::echo},
     {"line", ping::Protocol::line},
     {"connect", ping::Protocol::connect}}};

class PingCommand final : public Subcommand {
 public:
  explicit PingCommand(CLI::App& app) : tcp_(app) {
    add_targets(app, targets_);
    add_count(app, "-c,--count", options_.count, "Stop after N pings to each target", 1);
    add_duration(app, "-i,--interval", options_.interval, "Time between pings (1s)", Duration{0},
                 std::chrono::hours{24});
    add_duration(app, "-W,--timeout", options_.timeout,
                 "How long to wait for a reply, or to connect (1s)", std::chrono::milliseconds{1},
                 std::chrono::hours{24});
    add_size(app, "-s,--size", options_.size, "Bytes in a ping (56B)", 1, 16U << 20U);
    add_choice(app, "--protocol", options_.protocol,
               "What the target speaks: echo (default) or line;\n"
               "connect: only the handshake, of a new connection\n"
               "each time",
               protocols);
    add_proxy(app, options_.proxy);
    app.add_flag("-D,--timestamps", options_.timestamps, "Print the time of day before each line");
    app.add_flag("--json", json_, "Print one JSON object per line instead of text");
    app.final_callback([this] { options_.socket = tcp_.complete(targets_); });
    app.footer(
        "Ctrl-C prints the statistics and ends, Ctrl-\\ prints interim ones and continues.\n"
        "Exit code 0: every ping was answered; 1: one was not.\n\n"
        "For each ping, --json prints {\"type\":\"reply\", target, address, seq, unix_time,\n"
        "bytes, time_ms} or {\"type\":\"lost\", target, seq, unix_time, reason}, and at the\n"
        "end for each target {\"type\":\"summary\", target, sent, answered, lost,\n"
        "loss_percent, min_ms, avg_ms, p50_ms, p99_ms, max_ms, mdev_ms}; without times\n"
        "if none was answered.");
  }

  int run() override {
    for (Target& target : targets_) {
      options_.targets.push_back({std::move(target.address), std::move(target.name)});
    }
    const auto reporter = json_ ? ping::report_in_json(options_) : ping::report_in_text(options_);
    streams::EventLoop loop;
    ping::Ping ping(loop, options_, *reporter);
    return loop.run(ping.run()) ? exit_code::success : exit_code::failure;
  }

 private:
  std::vector<Target> targets_;
  TcpOptions tcp_;
  ping::Options options_;
  bool json_ = false;
};

}  // namespace

const SubcommandEntry ping_command{
    "ping", "Measure round trips, one at a time",
    "  echoline ping 127.0.0.1:7007                   one a second, until Ctrl-C\n"
    "  echoline ping -c 10 -i 0.1 127.0.0.1:7007      ten of them\n"
    "  echoline ping --protocol line 127.0.0.1:7008   against the line protocol\n"
    "  echoline ping --protocol connect example.com:443 example.org:443\n",
    [](CLI::App& app) -> std::unique_ptr<Subcommand> {
      return std::make_unique<PingCommand>(app);
    }};

}  // namespace client::command_line
