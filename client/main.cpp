// echoline: the client's command line picks a subcommand, and its result is the exit code.
#include <array>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "client/command_line/subcommand.hpp"
#include "client/exit_code.hpp"
#include "streams/standard_descriptors.hpp"

namespace {

using client::command_line::Subcommand;
using client::command_line::SubcommandEntry;

constexpr std::array subcommands{
    &client::command_line::ping_command, &client::command_line::ask_command,
    &client::command_line::connect_command, &client::command_line::send_command,
    &client::command_line::load_command};

constexpr const char* introduction = "echoline: try, measure and load TCP echo and line services";

std::string with_examples(const std::string& text, const std::string& examples) {
  return text + "\n\nExamples:\n" + examples;
}

/// The help of a subcommand begins with its examples, its line in the help above it has none.
class SubcommandFormatter final : public CLI::Formatter {
 public:
  explicit SubcommandFormatter(const SubcommandEntry& entry) : entry_(entry) {}
  std::string make_description(const CLI::App* app) const override {
    return with_examples(app->get_description(), entry_.examples) + '\n';
  }

 private:
  const SubcommandEntry& entry_;
};

std::string usage_error(const CLI::App* app, const CLI::Error& error) {
  const CLI::App* chosen = app;
  for (const CLI::App* const sub : app->get_subcommands()) chosen = sub;
  const std::string command = chosen == app ? "echoline" : "echoline " + chosen->get_name();
  return command + ": " + error.what() + "\nRun " + command + " --help for more information.\n";
}

struct Defined {
  const CLI::App* app;
  std::unique_ptr<Subcommand> subcommand;
};

std::vector<Defined> define(CLI::App& app) {
  std::vector<Defined> all;
  std::string examples;
  for (const SubcommandEntry* const entry : subcommands) {
    CLI::App* const sub = app.add_subcommand(entry->name, entry->purpose);
    sub->formatter(std::make_shared<SubcommandFormatter>(*entry));
    all.push_back({sub, entry->define(*sub)});
    examples += entry->examples;
  }
  app.description(with_examples(introduction, examples));
  app.set_version_flag("-V,--version", "echoline " ECHOLINE_VERSION);
  app.failure_message(usage_error);
  return all;
}

int run(int argc, char** argv) {
  CLI::App app("", "echoline");
  const std::vector<Defined> all = define(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? client::exit_code::success : client::exit_code::usage;
  }
  for (const Defined& defined : all) {
    if (defined.app->parsed()) return defined.subcommand->run();
  }
  std::fputs(app.help().c_str(), stderr);
  return client::exit_code::usage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (const std::error_code ec = streams::open_standard_descriptors()) {
      throw std::system_error(ec, "cannot open /dev/null");
    }
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "echoline: %s\n", error.what());
    return client::exit_code::failure;
  }
}
