// echoline: the client's command line picks a subcommand, and its result is the exit code.
#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "client/command_line/help_formatter.hpp"
#include "client/command_line/subcommand.hpp"
#include "client/command_line/surplus.hpp"
#include "client/command_line/usage_error.hpp"
#include "client/exit_code.hpp"
#include "streams/standard_descriptors.hpp"

namespace {

using client::command_line::Subcommand;
using client::command_line::SubcommandEntry;

constexpr std::array subcommands{
    &client::command_line::ping_command,    &client::command_line::ask_command,
    &client::command_line::connect_command, &client::command_line::send_command,
    &client::command_line::load_command,    &client::command_line::doctor_command,
    &client::command_line::top_command};

constexpr const char* introduction = "echoline: try, measure and load TCP echo and line services";

std::string with_examples(const std::string& text, const std::string& examples) {
  return text + "\n\nExamples:\n" + examples;
}

/// The help of a subcommand begins with its examples, its line in the help above it has none.
class SubcommandFormatter final : public client::command_line::HelpFormatter {
 public:
  explicit SubcommandFormatter(const SubcommandEntry& entry) : entry_(entry) {}
  std::string make_description(const CLI::App* app) const override {
    return with_examples(app->get_description(), entry_.examples) + '\n';
  }

 private:
  const SubcommandEntry& entry_;
};

/// To standard output, all of it.
void print(const std::string& text) {
  const bool written = std::fputs(text.c_str(), stdout) != EOF && std::fflush(stdout) == 0;
  if (!written) {
    throw std::system_error(errno, std::generic_category(), "cannot write to standard output");
  }
}

constexpr const char* version = "echoline " ECHOLINE_VERSION;

/// echoline help [SUBCOMMAND]: as --help.
class HelpCommand final : public Subcommand {
 public:
  HelpCommand(const CLI::App& all, CLI::App& app) : all_(all) {
    app.add_option_function<std::string>(
           "SUBCOMMAND", [this](const std::string& name) { choose(name); },
           "Which one; all without it")
        ->option_text(" ");
  }
  int run() override {
    const CLI::App& app = chosen_ != nullptr ? *chosen_ : all_;
    const std::string name = chosen_ != nullptr ? "echoline " + app.get_name() : "echoline";
    // Not App::help(): that of `all_` is the one of the subcommand that was chosen, this one.
    print(app.get_formatter()->make_help(&app, name, CLI::AppFormatMode::Normal));
    return client::exit_code::success;
  }

 private:
  void choose(const std::string& name) {
    const auto known =
        all_.get_subcommands([&name](const CLI::App* app) { return app->get_name() == name; });
    if (known.empty()) {
      throw CLI::ValidationError(client::command_line::unknown_subcommand(all_, name));
    }
    chosen_ = known.front();
  }

  const CLI::App& all_;
  const CLI::App* chosen_ = nullptr;
};

/// echoline version: as --version.
class VersionCommand final : public Subcommand {
 public:
  int run() override {
    print(std::string(version) + '\n');
    return client::exit_code::success;
  }
};
/// Whether it can be a count, such as 100 or 1k, and not a target or an option.
bool is_count(const std::string& word) {
  const auto is_letter_or_digit = [](unsigned char byte) { return std::isalnum(byte) != 0; };
  return !word.empty() && word[0] >= '0' && word[0] <= '9' &&
         std::all_of(word.begin(), word.end(), is_letter_or_digit);
}

/// `--churn` may stand without its number, and then is `--churn=1`: the word after it is another's.
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const bool lacks_number = i + 1 == words.size() || !is_count(words[i + 1]);
    if (words[i] == "--churn" && lacks_number) words[i] = "--churn=1";
  }
  return words;
}

struct Defined {
  const CLI::App* app;
  std::unique_ptr<Subcommand> subcommand;
};

std::vector<Defined> define(CLI::App& app) {
  std::vector<Defined> all;
  std::string examples;
  // The subcommands without one of their own get it, too.
  app.formatter(std::make_shared<client::command_line::HelpFormatter>());
  for (const SubcommandEntry* const entry : subcommands) {
    CLI::App* const sub = app.add_subcommand(entry->name, entry->purpose);
    sub->formatter(std::make_shared<SubcommandFormatter>(*entry));
    all.push_back({sub, entry->define(*sub)});
    examples += entry->examples;
  }
  CLI::App* const help = app.add_subcommand("help", "Print the options, also of a subcommand");
  all.push_back({help, std::make_unique<HelpCommand>(app, *help)});
  CLI::App* const print_version = app.add_subcommand("version", "Print the version");
  all.push_back({print_version, std::make_unique<VersionCommand>()});
  // A word of a subcommand's may be the name of another.
  app.require_subcommand(0, 1);
  app.description(with_examples(introduction, examples));
  app.set_version_flag("-V,--version", version);
  app.failure_message(client::command_line::usage_error);
  return all;
}

int run(int argc, char** argv) {
  CLI::App app("", "echoline");
  const std::vector<Defined> all = define(app);
  try {
    client::command_line::refuse_empty_values(app, {argv, static_cast<std::size_t>(argc)});
    std::vector<std::string> words = words_of(argc, argv);
    // CLI11 takes them from the back.
    std::reverse(words.begin(), words.end());
    app.parse(std::move(words));
    client::command_line::refuse_empty_values(app);
  } catch (const CLI::CallForHelp&) {
    print(app.help());
    return client::exit_code::success;
  } catch (const CLI::CallForVersion&) {
    print(std::string(version) + '\n');
    return client::exit_code::success;
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return client::exit_code::usage;
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
      throw std::system_error(
          ec, "a standard descriptor is closed, and /dev/null cannot take its place");
    }
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "echoline: %s\n", error.what());
    return client::exit_code::failure;
  }
}
