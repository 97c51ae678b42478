#include "server/protocols/fault_commands.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "streams/faults/grammar.hpp"
#include "streams/faults/notations.hpp"
#include "streams/text/number.hpp"
#include "streams/text/units.hpp"

namespace server::protocols {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view ok = "+OK\r\n";

constexpr char capital(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool is_word(std::string_view text, std::string_view name) noexcept {
  return std::equal(text.begin(), text.end(), name.begin(), name.end(),
                    [](char c, char of_name) { return capital(c) == of_name; });
}

Reply refuse(std::string_view why, std::string& scratch) {
  scratch = why;
  return {{"-ERR ", scratch, line_end}};
}

/// One of the output, at the byte that is behind what it is added to.
faults::Fault at_byte_0(faults::Action action) {
  faults::Fault fault;
  fault.action = action;
  fault.place = {.kind = faults::Place::Kind::byte, .of = faults::Direction::output, .n = 0};
  return fault;
}

bool read_time(std::string_view text, faults::Microseconds& time) {
  const auto parsed = text::parse_rounded(text, faults::a_time);
  time = faults::Microseconds(static_cast<faults::Microseconds::rep>(parsed.value));
  return static_cast<bool>(parsed);
}

bool read_size(std::string_view text, std::uint64_t& size) {
  const auto parsed = text::parse_whole(text, faults::a_size);
  size = parsed.value;
  return parsed && size != 0;
}

/// `reply`, with a fault `behind` bytes of output later.
Reply with(const faults::Fault& fault, std::size_t behind, FaultControl& control,
           const Reply& reply, std::string& scratch) {
  const std::string_view why = control.add(fault, behind);
  return why.empty() ? reply : refuse(why, scratch);
}

Reply sleep(std::string_view argument, FaultControl& control, std::string& scratch) {
  faults::Fault delay = at_byte_0(faults::Action::delay);
  faults::Weighted always;
  if (!read_time(argument, always.time)) {
    return refuse("SLEEP takes a time, as in SLEEP 200ms", scratch);
  }
  delay.times = {always};
  return with(delay, 0, control, {{ok}}, scratch);
}

/// A line of that many bytes, which come from the fault: the protocol writes its two ends.
Reply fill(std::string_view argument, FaultControl& control, std::string& scratch) {
  faults::Fault insert = at_byte_0(faults::Action::insert);
  if (!read_size(argument, insert.size)) {
    return refuse("FILL takes a size, as in FILL 1MiB", scratch);
  }
  return with(insert, 1, control, {{"+", line_end}}, scratch);
}

Reply drip(std::string_view argument, FaultControl& control, std::string& scratch) {
  faults::Fault insert = at_byte_0(faults::Action::insert);
  const std::size_t space = std::min(argument.find(' '), argument.size());
  const std::string_view every = argument.substr(std::min(space + 1, argument.size()));
  if (!read_size(argument.substr(0, space), insert.size) || !read_time(every, insert.time)) {
    return refuse("DRIP takes a size and a time, as in DRIP 100 10ms", scratch);
  }
  return with(insert, 1, control, {{"+", line_end}}, scratch);
}

Reply reset(std::string_view, FaultControl& control, std::string& scratch) {
  return with(at_byte_0(faults::Action::reset), ok.size(), control, {{ok}}, scratch);
}

Reply close(std::string_view, FaultControl& control, std::string& scratch) {
  return with(at_byte_0(faults::Action::fin), ok.size(), control, {{ok}}, scratch);
}

Reply show(const FaultControl& control, std::string& scratch) {
  const std::vector<std::string> texts = control.show();
  scratch = '*';
  text::append_number(scratch, texts.size());
  scratch += line_end;
  for (const std::string& text : texts) {
    scratch += '+';
    scratch += text;
    scratch += line_end;
  }
  return {{scratch}};
}

Reply fault(std::string_view argument, FaultControl& control, std::string& scratch) {
  if (is_word(argument, "SHOW")) return show(control, scratch);
  if (is_word(argument, "OFF")) {
    control.clear();
    return {{ok}};
  }
  const faults::ParsedFault parsed = faults::parse(argument);
  if (!parsed) {
    std::string column = "fault, column ";
    text::append_number(column, parsed.wrong.column);
    return refuse(column + ": " + parsed.wrong.what, scratch);
  }
  if (parsed.fault.place.kind == faults::Place::Kind::accept)
    return refuse("this connection has been accepted already", scratch);
  return with(parsed.fault, ok.size(), control, {{ok}}, scratch);
}

}  // namespace

const std::array<FaultCommand, 6> fault_commands{{
    {"SLEEP", "time", "answer OK that much later", sleep},
    {"FILL", "size", "answer a line of so many bytes", fill},
    {"DRIP", "size time", "answer a line of so many bytes, one at a time, so far apart", drip},
    {"RESET", "", "answer OK, then reset the connection", reset},
    {"CLOSE", "", "answer OK, then end the connection at that byte", close},
    {"FAULT", "fault|SHOW|OFF", "add a fault to this connection, list them, or end them", fault},
}};

const FaultCommand* find_fault_command(std::string_view name) noexcept {
  const auto found =
      std::find_if(fault_commands.begin(), fault_commands.end(),
                   [name](const FaultCommand& command) { return is_word(name, command.name); });
  return found == fault_commands.end() ? nullptr : &*found;
}

std::optional<Reply> execute_fault_command(std::string_view line, FaultControl& control,
                                           std::string& scratch) {
  const std::size_t space = std::min(line.find(' '), line.size());
  const FaultCommand* const command = find_fault_command(line.substr(0, space));
  if (command == nullptr) return std::nullopt;
  const std::string_view argument = line.substr(std::min(space + 1, line.size()));
  if (command->argument.empty() && !argument.empty())
    return Reply{{"-ERR ", command->name, " takes no argument\r\n"}};
  return command->run(argument, control, scratch);
}

}  // namespace server::protocols
