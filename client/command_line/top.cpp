// echoline top: its options.
#include "client/top/top.hpp"

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "client/command_line/options.hpp"
#include "client/command_line/subcommand.hpp"
#include "client/command_line/surplus.hpp"
#include "client/command_line/top_targets.hpp"
#include "client/descriptors/open_files.hpp"
#include "client/exit_code.hpp"
#include "streams/text/suggest.hpp"

namespace client::command_line {
namespace {

top::Order parse_order(const std::string& word) {
  const auto order = top::order_of(word);
  if (order) return *order;
  throw CLI::ValidationError(
      "--sort", '"' + word + "\" is no order" + text::suggestion(word, top::order_keys(), '"'));
}

class TopCommand final : public Subcommand {
 public:
  explicit TopCommand(CLI::App& app) {
    add_target_words(app,
                     "Admin or metrics addresses: HOST:PORT, unix:/PATH\n"
                     "or http://HOST:PORT[/PATH]; without one that of the\n"
                     "service, unix:/run/echoline/admin.sock",
                     [this](std::span<const std::string> words) {
                       auto parsed = parse_top_targets(words);
                       if (!parsed) throw CLI::ValidationError("TARGET", parsed.error);
                       options_.targets = std::move(parsed.value);
                     });
    CLI::Option* const interval =
        add_duration(app, "-i,--interval", options_.interval, "Time from one poll to the next (1s)",
                     Duration{0}, std::chrono::hours{24});
    add_duration(app, "-W,--timeout", options_.timeout, "How long a target may take to answer (1s)",
                 std::chrono::milliseconds{1}, std::chrono::hours{24});
    add_count(app, "-n,--count", count_, "Stop after N reports", 1);
    app.add_flag("--once", once_,
                 "Print one report and end: two polls, an interval\n"
                 "apart; with -i 0 one poll, without rates");
    app.add_option_function<std::string>(
           "--sort", [this](const std::string& word) { options_.order = parse_order(word); },
           "given (default), target, or by a column: connections,\n"
           "max, accepted, refused, waiting, in, out, lag, lag50,\n"
           "lag99, slow, stalled, retransmits, rtt; the largest\n"
           "first")
        ->option_text("KEY");
    app.add_flag("--listeners", options_.listeners,
                 "A row for each listener, also where there is little\n"
                 "room");
    app.add_flag("--json", options_.json, "Print one JSON object per line instead of a table");
    app.footer(
        "On a terminal the screen is drawn anew each time, and q or Ctrl-C ends it. Elsewhere a\n"
        "table, or with --json a line for each target, is printed from the second poll on.\n"
        "Exit code 0, after Ctrl-C too; 1: with --once or -n, no target answered the last poll.");
    app.final_callback([this, &app, interval] {
      // Where there is no target, nobody has looked yet.
      if (const auto unknown = unknown_option(app)) throw CLI::ValidationError(*unknown);
      if (once_ && count_ != 0)
        throw CLI::ValidationError("--once", "is -n 1 itself; leave one out");
      if (once_) count_ = 1;
      const bool is_zero = interval->count() != 0 && options_.interval.count() == 0;
      if (is_zero && !once_) {
        throw CLI::ValidationError("--interval", "0 goes together with --once only");
      }
      if (!options_.targets.empty()) return;
      auto target = default_top_target();
      if (!target) throw CLI::ValidationError("TARGET", target.error);
      options_.targets.push_back(std::move(target.value));
    });
  }

  int run() override {
    // A reader of our output that has gone is an error of write(2).
    std::signal(SIGPIPE, SIG_IGN);
    descriptors::raise_open_files();
    if (count_ != 0) options_.count = count_;
    options_.in_place = !once_;
    streams::EventLoop loop;
    streams::Executor executor(1);
    top::Top top(loop, executor, options_, STDIN_FILENO, STDOUT_FILENO);
    return loop.run(top.run()) ? exit_code::success : exit_code::failure;
  }

 private:
  top::Options options_;
  std::uint64_t count_ = 0;
  bool once_ = false;
};

}  // namespace

const SubcommandEntry top_command{
    "top", "Watch several daemons on one screen",
    "  echoline top :7008 unix:/run/echoline/admin.sock  their rates, every second\n",
    [](CLI::App& app) -> std::unique_ptr<Subcommand> { return std::make_unique<TopCommand>(app); }};

}  // namespace client::command_line
