#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "server/protocols/admin_connection.hpp"
#include "server/protocols/health.hpp"
#include "server/protocols/protocol.hpp"
#include "streams/sleep.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/line.hpp"
#include "streams/text/number.hpp"

namespace server::protocols {
namespace {

constexpr std::string_view line_end = "\r\n";
/// Those that have come are answered in turns of so many lines, between which others are served.
constexpr std::size_t lines_per_turn = 64;

}  // namespace

struct AdminConnection::Command {
  std::string_view name;
  std::string_view argument;  ///< synopsis; empty takes none
  std::string_view help;
  streams::Task<void> (AdminConnection::*run)();

  static const std::array<Command, 15> all;
};

constexpr std::array<AdminConnection::Command, 15> AdminConnection::Command::all{{
    {"HELP", "[command]", "the commands, or one of them", &AdminConnection::help},
    {"PING", "", "answer PONG", &AdminConnection::ping},
    {"VERSION", "", "the daemon's name and version", &AdminConnection::version},
    {"STATS", "[prefix]", "the figures, one name and value a line", &AdminConnection::stats},
    {"LISTENERS", "", "where the daemon listens, and how many places are taken",
     &AdminConnection::listeners},
    {"SESSIONS", "[n]", "the state of 20 connections, or of n, 1000 at most",
     &AdminConnection::sessions},
    {"ENDED", "[n]", "what the last 20 connections came to, or n, of listeners with keep_ended",
     &AdminConnection::ended},
    {"CLOSE", "id", "end a session gracefully", &AdminConnection::close},
    {"ABORT", "id", "reset a session", &AdminConnection::abort},
    {"FAULT", "id fault|SHOW|OFF", "add a fault to a session, list its faults, or end them",
     &AdminConnection::fault},
    {"MONITOR", "[filter]", "events as they happen, those with filter in them, until a line comes",
     &AdminConnection::monitor},
    {"LEVEL", "[name]", "the log's lowest level: tell it, or set it until the next reload",
     &AdminConnection::level},
    {"RELOAD", "", "read the configuration again; answers when that is done",
     &AdminConnection::reload},
    {"STOP", "[grace]", "stop gracefully, within the grace, as in 10s", &AdminConnection::stop},
    {"QUIT", "", "answer BYE and close the connection", &AdminConnection::quit},
}};

const AdminConnection::Command* AdminConnection::find_command(std::string_view word) noexcept {
  const auto found = std::ranges::find(Command::all, word, &Command::name);
  return found == Command::all.end() ? nullptr : &*found;
}

streams::Task<std::error_code> AdminConnection::run() {
  for (std::size_t lines = 1; !quits_; ++lines) {
    if (lines % lines_per_turn == 0) {
      const auto yielded = co_await streams::sleep_for(context_.health->loop(), {});
      if (yielded) co_return yielded;
    }
    if (next_) {
      std::string line = std::move(*next_);
      next_.reset();
      co_await execute(std::move(line));
      if (const std::error_code ec = co_await writer_.drain()) co_return ec;
      continue;
    }
    const streams::Chunk chunk = co_await reader_.readline();
    if (chunk.ec == streams::Error::limit_overrun) {
      overlong();
    } else {
      // What had been typed of a line when it, or we, broke off is no command.
      const bool whole = chunk && (chunk.data.ends_with('\n') || reader_.peer_has_ended());
      if (!whole) co_return chunk ? streams::Error::end_of_stream : chunk.ec;
      std::string line(text::without_end(chunk.data));
      co_await execute(std::move(line));
    }
    if (const std::error_code ec = co_await writer_.drain()) co_return ec;
  }
  co_return std::error_code{};
}

streams::Task<void> AdminConnection::execute(std::string line) {
  if (line.empty()) co_return;
  const std::size_t space = line.find(' ');
  const std::string word = line.substr(0, space);
  argument_ = space == std::string::npos ? "" : line.substr(space + 1);
  const Command* const command = find_command(in_capitals(word));
  if (command == nullptr) {
    error("unknown command " + shown(word) + ", try HELP");
  } else if (!argument_.empty() && command->argument.empty()) {
    error(std::string(command->name) + " takes no argument");
  } else {
    co_await (this->*command->run)();
  }
}

streams::Task<void> AdminConnection::help() {
  std::string lines;
  std::size_t count = 0;
  const std::string wanted = in_capitals(argument_);
  for (const Command& command : Command::all) {
    if (!wanted.empty() && wanted != command.name) continue;
    lines.append("+").append(command.name);
    if (!command.argument.empty()) lines.append(" ").append(command.argument);
    lines.append(": ").append(command.help).append(line_end);
    ++count;
  }
  if (count == 0) {
    error("unknown command " + shown(argument_) + ", try HELP");
  } else {
    array(count, lines);
  }
  co_return;
}

streams::Task<void> AdminConnection::ping() {
  ok("PONG");
  co_return;
}

streams::Task<void> AdminConnection::version() {
  ok("echoline " + std::string(context_.version));
  co_return;
}

streams::Task<void> AdminConnection::quit() {
  ok("BYE");
  quits_ = true;
  co_return;
}

streams::Task<void> AdminConnection::stats() {
  std::string lines;
  std::size_t count = 0;
  for (const insight::Stat& stat : context_.stats.stats()) {
    const std::string name = std::string(stat.name).append(stat.suffix);
    if (!name.starts_with(argument_)) continue;
    lines.append("+").append(name).append(" ");
    text::append_decimal(lines, stat.value, stat.decimals);
    lines += line_end;
    ++count;
  }
  if (count == 0) {
    error("no figure begins with " + shown(argument_) + "; STATS alone tells all");
  } else {
    array(count, lines);
  }
  co_return;
}

std::string AdminConnection::in_capitals(std::string_view word) {
  std::string capitals(word);
  for (char& c : capitals) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return capitals;
}

std::string AdminConnection::shown(std::string_view word) {
  return "'" + text::escaped(word.substr(0, shown_word), {.quote = '\''}) + "'";
}

void AdminConnection::error(std::string_view text) {
  const std::string line = text::printable(text);
  writer_.writelines({"-ERR ", line, line_end});
}

void AdminConnection::overlong() {
  error("line longer than " + std::to_string(max_admin_line) + " bytes");
}

void AdminConnection::array(std::size_t lines, std::string_view text) {
  writer_.writelines({"*", std::to_string(lines), line_end, text});
}

streams::Task<std::error_code> admin(streams::StreamReader& reader, streams::StreamWriter& writer,
                                     const Context& context) {
  AdminConnection connection(reader, writer, context);
  co_return co_await connection.run();
}

}  // namespace server::protocols
