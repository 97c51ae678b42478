// echolined: the command line. Everything it decides is a config::Config and a Daemon to run it.
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

#include "config/print.hpp"
#include "server/config_source.hpp"
#include "server/daemon.hpp"
#include "server/insight/journal.hpp"
#include "server/protocols/protocol.hpp"

namespace {

// What the exit code tells the caller; the systemd units rely on it.
namespace exit_code {
constexpr int success = 0;
constexpr int failure = 1;         ///< at run time: an address in use, say
constexpr int usage = 2;           ///< of the command line
constexpr int configuration = 78;  ///< EX_CONFIG of sysexits(3): starting again is no use
}  // namespace exit_code

constexpr const char* usage =
    "echolined: a TCP echo and line-protocol server\n\n"
    "Examples:\n"
    "  echolined                               echo on 127.0.0.1:7007, lines on 127.0.0.1:7008\n"
    "  echolined --config FILE                 what the file says\n"
    "  echolined --config FILE --check-config  is the file right?\n"
    "  echolined --listen echo=0.0.0.0:7 --listen line=[::1]:7008\n"
    "  echolined --listen echo=systemd         on the socket that systemd passes on as echo\n\n"
    "Signals:\n"
    "  TERM, INT  stop: answer what clients have sent, then close; the second one: at once\n"
    "  HUP        read FILE again; if anything is wrong with it, go on as before\n"
    "  USR1       write the counters to the log\n";

struct CommandLine {
  server::ConfigSource source;
  bool check = false;
  bool print = false;
};

void complain(const std::string& what) {
  std::string line = "echolined: " + what + '\n';
  if (server::insight::stderr_is_journal())
    line.insert(0, server::insight::priority_prefix(config::LogLevel::error));
  std::fputs(line.c_str(), stderr);
}

void define(CLI::App& app, CommandLine& line) {
  std::map<std::string, config::LogLevel> levels;
  for (const std::string_view word : config::log_level_words) {
    levels.emplace(word, static_cast<config::LogLevel>(levels.size()));
  }
  app.add_option("-c,--config", line.source.file, "Read the configuration from FILE")
      ->option_text("FILE");
  app.add_flag("-t,--check-config", line.check,
               "Check the configuration: print OK, or every error with its place");
  app.add_flag("--print-config", line.print, "Print the configuration in effect, as TOML");
  app.add_option("-l,--listen", line.source.listens,
                 "Listen there instead of where the configuration says; repeatable")
      ->option_text("PROTOCOL=ADDRESS")
      ->allow_extra_args(false);
  app.add_option_function<config::LogLevel>(
         "--log-level", [&line](config::LogLevel level) { line.source.log_level = level; },
         "debug, info, warning or error")
      ->option_text("LEVEL")
      ->transform(CLI::CheckedTransformer(levels));
  app.add_flag("--debug", line.source.debug,
               "Debug mode: warn of what holds a loop for 100 ms, or slow_callback");
  app.set_version_flag("-V,--version", "echolined " ECHOLINE_VERSION);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(usage, "echolined");
  CommandLine line;
  define(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_code::success : exit_code::usage;
  }
  try {
    server::ConfigSource::Result read = line.source.read();
    for (const std::string& error : read.errors) complain(error);
    if (!read.config) {
      return read.usage ? exit_code::usage : exit_code::configuration;
    }
    if (line.print) {
      std::fputs(config::to_toml(*read.config, server::protocols::for_config).c_str(), stdout);
    } else if (line.check) {
      std::puts("OK");
    } else {
      server::Daemon(std::move(line.source), std::move(*read.config), ECHOLINE_VERSION).run();
    }
    return exit_code::success;
  } catch (const server::process::ActivationError& error) {
    complain(error.what());
    return exit_code::configuration;
  } catch (const std::exception& error) {
    complain(error.what());
    return exit_code::failure;
  }
}
