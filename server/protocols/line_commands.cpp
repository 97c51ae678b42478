#include "server/protocols/line_commands.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "server/insight/probes.hpp"
#include "server/protocols/fault_commands.hpp"
#include "server/protocols/protocol.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/number.hpp"
#include "streams/text/timestamp.hpp"

namespace server::protocols {
namespace {

constexpr std::string_view line_end = "\r\n";

struct Call {
  const Context& context;
  const Caller& caller;
  std::string_view argument;
  std::string& scratch;  ///< for a reply that has to be put together
};

struct Command {
  std::string_view name;      ///< in capitals
  std::string_view argument;  ///< synopsis; empty takes none
  std::string_view help;
  Reply (*run)(const Call& call);
};

Reply ping(const Call& call);
Reply echo(const Call& call);
Reply time(const Call& call);
Reply stamp(const Call& call);
Reply whoami(const Call& call);
Reply stats(const Call& call);
Reply version(const Call& call);
Reply help(const Call& call);
Reply quit(const Call&);

// The first two are what load generators send.
constexpr std::array<Command, 9> commands{{
    {"PING", "[text]", "answer PONG, or the text", ping},
    {"ECHO", "[text]", "answer the text", echo},
    {"TIME", "", "the server's clock, UTC with microseconds", time},
    {"STAMP", "[text]", "ns of a steady clock: the line's arrival, this reply; the text", stamp},
    {"WHOAMI", "", "your address as the server sees it", whoami},
    {"STATS", "", "the server's counters, one name and value per line", stats},
    {"VERSION", "", "the server's name and version", version},
    {"HELP", "[command]", "the commands, or one of them", help},
    {"QUIT", "", "answer BYE and close the connection", quit},
}};

/// A name's first four letters as one number: no name is shorter.
using Prefix = std::uint32_t;

/// Of a letter's two cases, and of no other byte, a cleared bit 5 makes the capital.
constexpr char capital(char c) noexcept { return static_cast<char>(c & ~0x20); }
constexpr Prefix capitals = 0xDFDFDFDF;

constexpr auto prefixes = [] {
  std::array<Prefix, commands.size()> found{};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::string_view name = commands[i].name;
    found[i] = std::bit_cast<Prefix>(std::array{name[0], name[1], name[2], name[3]});
  }
  return found;
}();

/// Whether `line`, whose prefix is that of `name`, begins with `name` as a word.
bool begins_with(std::string_view line, std::string_view name) noexcept {
  if (line.size() < name.size()) return false;
  if (line.size() > name.size() && line[name.size()] != ' ') return false;
  for (std::size_t i = sizeof(Prefix); i < name.size(); ++i) {
    if (capital(line[i]) != name[i]) return false;
  }
  return true;
}

/// The command that `line` begins with.
const Command* find_command(std::string_view line) noexcept {
  if (line.size() < sizeof(Prefix)) return nullptr;
  Prefix prefix = 0;
  std::memcpy(&prefix, line.data(), sizeof prefix);
  prefix &= capitals;
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    if (prefixes[i] == prefix && begins_with(line, commands[i].name)) return &commands[i];
  }
  return nullptr;
}

void begin_array(std::string& out, std::size_t lines) {
  out = '*';
  text::append_number(out, lines);
  out += line_end;
}

template <typename OneCommand>
void append_help(std::string& out, const OneCommand& command) {
  out += '+';
  out += command.name;
  if (!command.argument.empty()) {
    out += ' ';
    out += command.argument;
  }
  out += ": ";
  out += command.help;
  out += line_end;
}

[[gnu::noinline]] Reply unknown_command(std::string_view word, std::string& scratch) {
  scratch.clear();
  text::append_escaped(scratch, word.substr(0, shown_word), {.quote = '\''});
  return {{"-ERR unknown command '", scratch, "', try HELP\r\n"}};
}

[[gnu::noinline]] Reply takes_none(const Command& command) {
  return {{"-ERR ", command.name, " takes no argument\r\n"}};
}

Reply ping(const Call& call) {
  if (!call.argument.empty()) return echo(call);
  return {{"+PONG\r\n"}};
}

/// A CR, which would end the reply, as two characters.
void append_without_cr(std::string& out, std::string_view text) {
  const auto returns = std::count(text.begin(), text.end(), '\r');
  out.reserve(out.size() + text.size() + static_cast<std::size_t>(returns));
  for (const char c : text) {
    if (c == '\r') {
      out += "\\r";
    } else {
      out += c;
    }
  }
}

[[gnu::noinline]] Reply echo(const Call& call) {
  if (call.argument.find('\r') == std::string_view::npos) return {{"+", call.argument, line_end}};
  call.scratch.clear();
  append_without_cr(call.scratch, call.argument);
  return {{"+", call.scratch, line_end}};
}

Reply time(const Call& call) {
  call.scratch.clear();
  text::append_timestamp(call.scratch, call.context.now(), text::Fraction::microseconds);
  return {{"+", call.scratch, line_end}};
}

void append_nanoseconds(std::string& out, std::chrono::steady_clock::time_point time) {
  text::append_number(out, std::chrono::nanoseconds(time.time_since_epoch()).count());
}

// What is written last is when it is written.
Reply stamp(const Call& call) {
  call.scratch = '+';
  append_nanoseconds(call.scratch, call.caller.arrival.line_received());
  call.scratch += ' ';
  append_nanoseconds(call.scratch, call.context.monotonic());
  if (call.argument.empty()) return {{call.scratch, line_end}};
  call.scratch += ' ';
  if (call.argument.find('\r') == std::string_view::npos) {
    return {{call.scratch, call.argument, line_end}};
  }
  append_without_cr(call.scratch, call.argument);
  return {{call.scratch, line_end}};
}

Reply whoami(const Call& call) {
  const streams::StreamWriter& writer = call.caller.writer;
  call.scratch = writer.peername().to_string();
  if (const auto proxy = writer.proxyname()) call.scratch += " via " + proxy->to_string();
  return {{"+", call.scratch, line_end}};
}

Reply stats(const Call& call) {
  const std::vector<insight::Stat> counters = call.context.stats.stats();
  begin_array(call.scratch, counters.size());
  for (const insight::Stat& stat : counters) {
    call.scratch += '+';
    call.scratch += stat.name;
    call.scratch += stat.suffix;
    call.scratch += ' ';
    text::append_decimal(call.scratch, stat.value, stat.decimals);
    call.scratch += line_end;
  }
  return {{call.scratch}};
}

Reply version(const Call& call) { return {{"+echoline ", call.context.version, line_end}}; }

Reply help(const Call& call) {
  const bool with_faults = call.context.faults != nullptr;
  if (call.argument.empty()) {
    begin_array(call.scratch, commands.size() + (with_faults ? fault_commands.size() : 0));
    for (const Command& command : commands) append_help(call.scratch, command);
    if (with_faults) {
      for (const FaultCommand& command : fault_commands) append_help(call.scratch, command);
    }
    return {{call.scratch}};
  }
  const Command* const command = find_command(call.argument);
  const FaultCommand* const of_faults = with_faults ? find_fault_command(call.argument) : nullptr;
  if (of_faults == nullptr &&
      (command == nullptr || command->name.size() != call.argument.size())) {
    return unknown_command(call.argument, call.scratch);
  }
  begin_array(call.scratch, 1);
  if (of_faults != nullptr) {
    append_help(call.scratch, *of_faults);
  } else {
    append_help(call.scratch, *command);
  }
  return {{call.scratch}};
}

Reply quit(const Call&) {
  Reply reply{{"+BYE\r\n"}};
  reply.quit = true;
  return reply;
}

}  // namespace

Reply LineCommands::execute(std::string_view line) {
  assert(line.find('\n') == std::string_view::npos);
  ECHOLINE_PROBE1(line, line.size());
  if (line.empty()) return {};
  const Command* const command = find_command(line);
  if (command == nullptr) return execute_otherwise(line);
  std::string_view argument = line.substr(command->name.size());
  if (!argument.empty()) argument.remove_prefix(1);
  if (!argument.empty() && command->argument.empty()) return takes_none(*command);
  return command->run({context_, caller_, argument, scratch_});
}

[[gnu::noinline]] Reply LineCommands::execute_otherwise(std::string_view line) {
  if (context_.faults != nullptr) {
    if (auto reply = execute_fault_command(line, *context_.faults, scratch_)) return *reply;
  }
  return unknown_command(line.substr(0, line.find(' ')), scratch_);
}

Reply LineCommands::too_long() {
  scratch_.clear();
  text::append_number(scratch_, context_.options.max_line);
  return {{"-ERR line longer than ", scratch_, " bytes\r\n"}};
}

}  // namespace server::protocols
