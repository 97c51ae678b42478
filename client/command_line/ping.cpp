// echoline ping: its options.
#include "client/ping.hpp"

#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

#include "client/command_line/options.hpp"
#include "client/command_line/subcommand.hpp"
#include "client/exit_code.hpp"

namespace client::command_line {
namespace {

constexpr std::array<std::pair<std::string_view, PingProtocol>, 2> protocols{
    {{"echo", PingProtocol::echo}, {"line", PingProtocol::line}}};

class PingCommand final : public Subcommand {
 public:
  explicit PingCommand(CLI::App& app) {
    add_target(app, target_);
    add_count(app, "-c,--count", options_.count, "Stop after N round trips", 1);
    add_duration(app, "-i,--interval", options_.interval, "From one to the next (1s)", Duration{0},
                 std::chrono::hours{24});
    add_duration(app, "-W,--timeout", options_.timeout, "To wait for a reply (1s)",
                 std::chrono::milliseconds{1}, std::chrono::hours{24});
    add_size(app, "-s,--size", options_.size, "Content (56B)", 1, 16U << 20U);
    add_choice(app, "--protocol", options_.protocol,
               "What the target speaks: echo (default) or line", protocols);
  }

  int run() override {
    options_.target = target_.address;
    streams::EventLoop loop;
    Ping ping(loop, options_);
    return loop.run(ping.run()) ? exit_code::success : exit_code::failure;
  }

 private:
  Target target_;
  PingOptions options_;
};

}  // namespace

const SubcommandEntry ping_command{
    "ping", "Measure round trips, one at a time",
    "  echoline ping 127.0.0.1:7007                  a round trip a second until Ctrl-C\n"
    "  echoline ping -c 10 -i 0.1 127.0.0.1:7007     ten of them\n"
    "  echoline ping --protocol line 127.0.0.1:7008  against the line protocol\n",
    [](CLI::App& app) -> std::unique_ptr<Subcommand> {
      return std::make_unique<PingCommand>(app);
    }};

}  // namespace client::command_line
