// echolined: the command line. Everything it decides is a config::Config and a Daemon to run it.
#include <cstdio>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "config/choices.hpp"
#include "config/listen.hpp"
#include "config/load.hpp"
#include "config/print.hpp"
#include "server/daemon.hpp"
#include "server/exit_code.hpp"
#include "server/journal.hpp"
#include "server/usage.hpp"
#include "streams/debug.hpp"

namespace {

struct CommandLine {
  std::string config_file;
  std::vector<std::string> listens;
  std::optional<config::LogLevel> log_level;
  bool debug = false;
  bool check = false;
  bool print = false;
};

void complain(const std::string& what) {
  std::string line = "echolined: " + what + '\n';
  if (server::stderr_is_journal()) line.insert(0, server::priority_prefix(config::LogLevel::error));
  std::fputs(line.c_str(), stderr);
}

void define(CLI::App& app, CommandLine& line) {
  const std::map<std::string, config::LogLevel> levels(config::log_level_choices.begin(),
                                                       config::log_level_choices.end());
  app.add_option("-c,--config", line.config_file, "Read the configuration from FILE")
      ->option_text("FILE");
  app.add_flag("-t,--check-config", line.check,
               "Check the configuration: print OK, or every error with its place");
  app.add_flag("--print-config", line.print, "Print the configuration in effect, as TOML");
  app.add_option("-l,--listen", line.listens,
                 "Listen there instead of where the configuration says; repeatable")
      ->option_text("PROTOCOL=ADDRESS")
      ->allow_extra_args(false);
  app.add_option_function<config::LogLevel>(
         "--log-level", [&line](config::LogLevel level) { line.log_level = level; },
         "debug, info, warning or error")
      ->option_text("LEVEL")
      ->transform(CLI::CheckedTransformer(levels));
  app.add_flag("--debug", line.debug,
               "Debug mode: warn of what holds a loop for 100 ms, or slow_callback");
  app.set_version_flag("-V,--version", "echolined " ECHOLINE_VERSION);
}

/// The configuration in effect; complains and gives an exit code when there is none.
int configure(const CommandLine& line, config::Config& config) {
  if (!line.config_file.empty()) {
    const config::Loaded loaded =
        config::load_file(line.config_file, server::protocols::protocol_names);
    for (const config::Error& error : loaded.errors) complain(config::to_string(error));
    if (!loaded) return server::exit_code::configuration;
    config = *loaded.config;
  }
  if (!line.listens.empty()) {
    config::ParsedListens parsed =
        config::parse_listens(line.listens, server::protocols::protocol_names, config.limits);
    for (const std::string& error : parsed.errors) complain(error);
    if (!parsed) return server::exit_code::usage;
    config.listeners = std::move(parsed.listeners);
  }
  if (line.log_level) config.log.level = *line.log_level;
  if (line.debug && config.slow_callback.count() == 0) {
    config.slow_callback = streams::Debug::default_slow_callback_duration;
  }
  return server::exit_code::success;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(server::usage, "echolined");
  CommandLine line;
  define(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? server::exit_code::success : server::exit_code::usage;
  }
  try {
    config::Config config;
    if (const int code = configure(line, config); code != 0) return code;
    if (line.print) {
      std::fputs(config::to_toml(config).c_str(), stdout);
    } else if (line.check) {
      std::puts("OK");
    } else {
      server::Daemon(std::move(config), ECHOLINE_VERSION).run();
    }
    return server::exit_code::success;
  } catch (const server::ActivationError& error) {
    complain(error.what());
    return server::exit_code::configuration;
  } catch (const std::exception& error) {
    complain(error.what());
    return server::exit_code::failure;
  }
}
