// echolined: the command line becomes a ConfigSource; prepare_start() makes a Start of it, and a
// Daemon runs it.
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "config/listener_set.hpp"
#include "config/print.hpp"
#include "server/config_source.hpp"
#include "server/daemon.hpp"
#include "server/insight/journal.hpp"
#include "server/insight/log.hpp"
#include "server/process/activation.hpp"
#include "server/process/open_files.hpp"
#include "server/process/signals.hpp"
#include "server/process/terminal.hpp"
#include "server/protocols/protocol.hpp"
#include "server/replay.hpp"
#include "server/start.hpp"
#include "streams/standard_descriptors.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/shortage.hpp"
#include "streams/text/suggest.hpp"

namespace {

using server::ConfigSource;
using server::process::Signals;

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
    "  echolined                   echo on 127.0.0.1:7007, lines on 127.0.0.1:7008\n"
    "  echolined -c FILE           what FILE says\n"
    "  echolined -c FILE -t        check FILE\n"
    "  echolined -l echo=0.0.0.0:7 -l line=[::1]:7008\n"
    "  echolined -l echo=systemd   the socket named echo, from systemd\n\n"
    "Signals:\n"
    "  TERM, INT  stop: answer what clients have sent, then close; again: at once\n"
    "  HUP        read FILE again; if anything is wrong with it, go on as before\n"
    "  USR1       write the counters to the log\n";

struct CommandLine {
  ConfigSource source{server::protocols::for_config};
  bool check = false;
  bool print = false;
};

/// Also where there is no memory left.
void complain(std::string_view what, std::string_view before = {}, std::string_view after = {},
              std::string_view remedy = {}) noexcept {
  std::string_view prefix;
  if (server::insight::stderr_is_journal())
    prefix = server::insight::priority_prefix(config::LogLevel::error);
  const auto size = [](std::string_view text) { return static_cast<int>(text.size()); };
  std::fprintf(stderr, "%.*secholined: %.*s%.*s%.*s%.*s\n", size(prefix), prefix.data(),
               size(before), before.data(), size(what), what.data(), size(after), after.data(),
               size(remedy), remedy.data());
}

std::string check_name(const std::string& name) { return name.empty() ? "the name is empty" : ""; }

std::string check_admin(const std::string& address) {
  return address.empty() ? "the address is empty" : config::address_error(address);
}

void set_log_level(const std::string& word, CommandLine& line) {
  if (word == "warn") return set_log_level("warning", line);
  const auto& words = config::log_level_words;
  const auto found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) {
    line.source.log_level = static_cast<config::LogLevel>(found - words.begin());
    return;
  }
  throw CLI::ValidationError("--log-level",
                             (word.empty() ? "the name is empty" : "no such level") +
                                 std::string("; it is debug, info, warning or error"));
}

void set_replay(const std::string& text, CommandLine& line) {
  server::ParsedReplay parsed = server::parse_replay(text);
  if (!parsed) throw CLI::ValidationError("--replay", parsed.error);
  line.source.replay = std::move(parsed.replay);
}

/// `--config="$UNSET"`: to CLI11 an option without its argument.
void refuse_empty(const CLI::App& app, int argc, char** argv) {
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
    for (const CLI::Option* const option : app.get_options()) {
      const std::string name = "--" + option->get_lnames().front();
      if (argv[i] == name + '=') throw CLI::ValidationError(name, "the name is empty");
    }
  }
}

/// Of a word that CLI11 has no place for: what it is, and which option may have been meant.
std::string explain_surplus(const CLI::App& app, const std::string& word) {
  std::vector<std::string> known;
  for (const CLI::Option* const option : app.get_options()) {
    known.push_back("--" + option->get_lnames().front());
  }
  const bool is_option = word.starts_with('-');
  const std::string name = is_option ? word.substr(0, word.find('=')) : "--" + word;
  const std::vector<std::string_view> names(known.begin(), known.end());
  const auto near = text::nearest(name, names);
  return (is_option ? "unknown option " + name : "unexpected argument " + text::quoted(word)) +
         (near ? "; did you mean " + std::string(*near) + "?" : "");
}

/// What CLI11 found wrong, in our words where they say more: those of echoline, which has
/// subcommands besides (client/command_line/usage_error, surplus).
std::string explain(const CLI::App& app, const CLI::Error& error) {
  const std::string_view what = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !app.remaining().empty()) {
    return explain_surplus(app, app.remaining().front());
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const bool missing = what.find(" missing") != std::string_view::npos;
    return std::string(what.substr(0, what.find(':'))) +
           (missing ? ": the value is missing" : ": give it only once");
  }
  return std::string(what);
}

std::string usage_error(const CLI::App* app, const CLI::Error& error) {
  return "echolined: " + text::printable(explain(*app, error)) +
         "\nRun echolined --help for more information.\n";
}

void define(CLI::App& app, CommandLine& line) {
  app.add_option("-c,--config", line.source.file, "Read the configuration from FILE")
      ->option_text("FILE")
      ->check(check_name);
  app.add_flag("-t,--check-config", line.check, "Check the configuration: OK, or every error");
  app.add_flag("--print-config", line.print, "Check it, and print what is in effect as TOML");
  app.add_option("-l,--listen", line.source.listens,
                 "Listen there, not where FILE says; repeatable")
      ->option_text("PROTOCOL=ADDRESS")
      ->allow_extra_args(false)
      ->check(check_name);
  app.add_option("--admin", line.source.admin, "Be administered there, if FILE says nothing of it")
      ->option_text("ADDRESS")
      ->check(check_admin);
  app.add_option_function<std::string>(
         "--log-level", [&line](const std::string& word) { set_log_level(word, line); },
         "debug, info, warning or error")
      ->option_text("LEVEL");
  app.add_option_function<std::string>(
         "--replay", [&line](const std::string& text) { set_replay(text, line); },
         "Do the faults of the log's LINE again")
      ->option_text("LINE");
  app.add_flag("--debug", line.source.debug, "Warn about what blocks a loop (slow_callback)");
  app.failure_message(usage_error);
  app.set_version_flag("-V,--version", "echolined " ECHOLINE_VERSION);
}

/// To standard output, all of it.
void print(const std::string& text) {
  const bool written = std::fputs(text.c_str(), stdout) != EOF && std::fflush(stdout) == 0;
  if (!written) {
    throw std::system_error(errno, std::generic_category(), "cannot write to standard output");
  }
}

int report(const std::vector<std::string>& errors, bool of_command_line) {
  for (const std::string& error : errors) complain(error);
  return of_command_line ? exit_code::usage : exit_code::configuration;
}

int show(const CommandLine& line) {
  const ConfigSource::Result read = line.source.read();
  if (!read.config) return report(read.errors, read.usage);
  for (const std::string& what : read.exposed) complain(what, "warning: ");
  print(line.print ? config::to_toml(*read.config, line.source.protocols) : "OK\n");
  return exit_code::success;
}

/// What the daemon logs of a stop, in the format that it has by default: the file's is not known.
void report_early_stop(const ConfigSource& source) {
  config::Log options;
  if (source.log_level) options.level = *source.log_level;
  server::insight::Log log(options);
  log.info("stopping", {{"while", "starting"}});
  log.info("stopped");
}

int serve(CommandLine& line, Signals& signals) {
  // A write to a closed standard error must not end the daemon; sockets never raise it.
  std::signal(SIGPIPE, SIG_IGN);
  const server::process::Terminal terminal;
  server::process::raise_open_files();
  signals.open();
  std::optional<server::Start> start = server::prepare_start(line.source, signals, terminal);
  if (!start) {
    report_early_stop(line.source);
    return exit_code::success;
  }
  if (!start->errors.empty()) {
    signals.release();
    return report(start->errors, start->usage);
  }
  server::Daemon daemon(std::move(line.source), std::move(*start), ECHOLINE_VERSION, signals,
                        terminal);
  daemon.run();
  return exit_code::success;
}

int run(int argc, char** argv, Signals& signals) {
  if (const std::error_code ec = streams::open_standard_descriptors()) {
    throw std::system_error(ec,
                            "a standard descriptor is closed, and /dev/null cannot take its place");
  }
  // A file that may not grow any more is an error of write(2), like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app(usage, "echolined");
  CommandLine line;
  define(app, line);
  try {
    refuse_empty(app, argc, argv);
    app.parse(argc, argv);
    if (!line.print && !line.check) return serve(line, signals);
    signals.release();
    return show(line);
  } catch (const CLI::CallForHelp&) {
    signals.release();
    print(app.help());
    return exit_code::success;
  } catch (const CLI::CallForVersion& version) {
    signals.release();
    print(std::string(version.what()) + '\n');
    return exit_code::success;
  } catch (const CLI::ParseError& error) {
    signals.release();
    app.exit(error);
    return exit_code::usage;
  }
}

/// Why the start or the run failed, with the remedy where something is in short supply:
/// descriptors, whoever has found that out.
void complain_of(const std::exception& error) noexcept {
  const std::string_view what = error.what();
  if (what.find(::strerrordesc_np(EMFILE)) != std::string_view::npos) {
    return complain(what, "too few descriptors (", "); ", text::remedy(EMFILE));
  }
  const std::string_view remedy = text::remedy(text::errno_of(error));
  complain(what == "std::bad_alloc" ? "out of memory" : what, "", remedy.empty() ? "" : "; ",
           remedy);
}

std::terminate_handler usual_terminate = nullptr;

/// Before main() an exception has nobody to catch it: what the libraries set up takes memory, too.
[[gnu::constructor(101)]] void expect_failing_libraries() noexcept {
  usual_terminate = std::set_terminate([] {
    complain("cannot start: out of memory?");
    std::_Exit(exit_code::failure);
  });
}

}  // namespace

int main(int argc, char** argv) {
  std::set_terminate(usual_terminate);
  // The first thing of all: from here on no signal is lost, and none kills.
  Signals signals{SIGTERM, SIGINT, SIGHUP, SIGUSR1};
  try {
    return run(argc, argv, signals);
  } catch (const server::process::ActivationError& error) {
    signals.release();
    complain(error.what());
    return exit_code::configuration;
  } catch (const std::exception& error) {
    // A standard error that nobody reads must not make a program deaf that is ending.
    signals.release();
    complain_of(error);
    return exit_code::failure;
  }
}
