// echoline load: options to a plan, a run of it, and its report.
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "client/command_line/load_plan.hpp"
#include "client/command_line/subcommand.hpp"
#include "client/exit_code.hpp"
#include "client/load/preflight.hpp"
#include "client/load/report/report.hpp"
#include "client/load/report/style.hpp"
#include "client/load/run.hpp"
#include "client/self_test/self_test.hpp"

namespace client::command_line {
namespace {

class LoadCommand final : public Subcommand {
 public:
  explicit LoadCommand(CLI::App& app) : plan_(app) {
    add_outputs(app);
    app.footer(
        "Without a rate, a connection sends when it has its reply (closed loop). With one,\n"
        "requests are sent when due, and response times are measured from then (open loop).\n"
        "--ramp, --step and --hold form one profile in the given order; the report has a row\n"
        "for each, and for each of several targets.\n\n"
        "Exits with 0; 1 when the service failed: a reply was wrong, nothing was answered,\n"
        "there was no service for a second or more, or more than a tenth of the requests\n"
        "were errors (an --expect of availability, errors or success judges instead); 2 for\n"
        "an error on the command line; 3 when an --expect was missed; 4 when the generator, not\n"
        "the service, set the figures; 130 when interrupted.");
    app.add_flag_callback(
        "--self-test", [this, &app] { choose_self_test(app); },
        "Check the figures on this machine; no TARGET");
    app.final_callback([this, &app] {
      if (tests_itself_) return check_alone(app);
      plan_.complete();
      read_expectations();
    });
  }

  int run() override;

 private:
  void add_outputs(CLI::App& app);
  void choose_self_test(CLI::App& app);
  static void check_alone(const CLI::App& app);
  void read_expectations();

  LoadPlan plan_;
  bool tests_itself_ = false;
  load::report::Outputs outputs_;
  std::vector<std::string> expectations_;
};

void LoadCommand::add_outputs(CLI::App& app) {
  const auto add_file = [&app](const std::string& name, std::string& file,
                               const std::string& what) {
    app.add_option(name, file, what)->option_text("FILE");
  };
  app.add_flag("-q,--quiet", outputs_.quiet, "Show no progress");
  add_file("--json", outputs_.json, "Write the results as JSON; - is stdout");
  add_file("--ndjson", outputs_.ndjson, "Write a JSON object every second");
  add_file("--hgrm", outputs_.hgrm, "Write percentiles as HdrHistogram's text");
  add_file("--hlog", outputs_.hlog, "Write an HdrHistogram log, one entry per second");
  app.add_option("--expect", expectations_,
                 "An objective, such as p99<5ms, rate>=50k or errors=0; may be repeated")
      ->option_text("OBJECTIVE")
      ->allow_extra_args(false);
}

void LoadCommand::choose_self_test(CLI::App& app) {
  tests_itself_ = true;
  // The callbacks of options come before the check of what is required.
  for (CLI::Option* const option : app.get_options()) option->required(false);
}

void LoadCommand::check_alone(const CLI::App& app) {
  for (const CLI::Option* const option : app.get_options()) {
    if (option->count() == 0 || option->check_name("--self-test")) continue;
    throw CLI::ValidationError(
        "--self-test", "has a load and a report of its own; leave " + option->get_name() + " out");
  }
}

void LoadCommand::read_expectations() {
  for (const std::string& text : expectations_) {
    auto parsed = load::report::parse_expectation(text, plan_.plan().open_loop());
    if (!parsed) throw CLI::ValidationError("--expect", parsed.error);
    outputs_.expectations.push_back(std::move(parsed.expectation));
  }
}

int run_self_test() {
  streams::EventLoop loop;
  const bool unicode = load::report::style_of(STDOUT_FILENO).unicode;
  bool printed = true;
  const auto print = [unicode, &printed](std::string_view lines) {
    const std::string text = unicode ? std::string(lines) : load::report::to_ascii(lines);
    printed = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
              std::fflush(stdout) == 0 && printed;
  };
  const int code = loop.run(self_test::self_test(loop, print));
  return printed ? code : exit_code::failure;
}

int LoadCommand::run() {
  if (tests_itself_) return run_self_test();
  load::Plan plan = plan_.plan();
  // Who states an availability expects outages.
  for (const load::report::Expectation& expectation : outputs_.expectations) {
    if (expectation.subject == load::report::Subject::availability) plan.end_when_gone = false;
  }
  streams::EventLoop loop;
  const load::Preflight preflight = loop.run(load::preflight(loop, plan));
  if (!preflight.error.empty()) {
    std::fprintf(stderr, "echoline load: %s\n", preflight.error.c_str());
    return exit_code::failure;
  }
  load::report::Report report(plan, std::move(outputs_));
  const load::Results results = loop.run(load::run(loop, plan, preflight.targets, report));
  return static_cast<int>(report.finish(results));
}

}  // namespace

const SubcommandEntry load_command{
    "load", "Put load on a service, verify every reply and measure",
    "  echoline load 127.0.0.1:7007                    as fast as possible, for 10s\n"
    "  echoline load -c 1000 -r 50k 127.0.0.1:7007     50,000 requests a second\n"
    "  echoline load --ramp 1k:50k:30s --hold 1m 127.0.0.1:7007\n"
    "  echoline load -r 1k 10.0.0.1:7007 10.0.0.2:7007\n"
    "  echoline load --line 'ECHO {seq} {random:32}' 127.0.0.1:7008\n"
    "  echoline load -r 1k --expect 'p99<5ms' --expect errors=0 127.0.0.1:7007\n"
    "  echoline load --self-test                       can the figures be trusted?\n",
    [](CLI::App& app) -> std::unique_ptr<Subcommand> {
      return std::make_unique<LoadCommand>(app);
    }};

}  // namespace client::command_line
