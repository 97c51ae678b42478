#include "server/replay.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "server/insight/read_log_line.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/number.hpp"
#include "streams/text/suggest.hpp"

namespace server {
namespace {

constexpr std::string_view what_to_give =
    "give the whole line that the log has of a session with faults, in single quotes";
constexpr std::size_t shown = 40;

std::string at(std::size_t column) { return "column " + std::to_string(column) + ": "; }

/// A number of the line; where it is none, `error` says so.
std::uint64_t number_of(const insight::LogLine::Field& field, std::string& error) {
  const auto number = text::whole_number<std::uint64_t>(field.value);
  if (number && *number != 0) return *number;
  if (error.empty()) {
    error = at(field.column) + field.name + " is " + text::quoted(field.value.substr(0, shown)) +
            ", and no number from 1 on; " + std::string(what_to_give);
  }
  return 0;
}

std::string cut_short(std::size_t column) {
  return at(column) + "the line is cut short; " + std::string(what_to_give);
}

}  // namespace

ParsedReplay parse_replay(std::string_view line) {
  const std::size_t end = line.find('\n');
  if (end != line.npos) {
    return {{}, at(end + 1) + "a second line begins; " + std::string(what_to_give)};
  }
  const insight::LogLine read = insight::read_log_line(line);
  if (read.event.empty()) {
    if (read.cut != 0) return {{}, cut_short(read.cut)};
    return {{},
            text::quoted(line.substr(0, shown)) + " is no line of the log of a session; " +
                std::string(what_to_give)};
  }
  const auto* const listener = read.find("listener");
  if (read.event != "session") {
    return {{},
            "the line tells of " + text::quoted(read.event.substr(0, shown)) +
                ", and not of a session; " + std::string(what_to_give)};
  }
  const auto* const seed = read.find("seed");
  const auto* const index = read.find("index");
  const auto* const source_index = read.find("source_index");
  if (read.cut != 0) return {{}, cut_short(read.cut)};
  if (listener == nullptr || read.find("end") == nullptr) return {{}, cut_short(line.size() + 1)};
  if (seed == nullptr) {
    return {{},
            "the line has no seed: the listener " + text::quoted(listener->value) +
                " had no faults for that connection, or the line is cut short; " +
                std::string(what_to_give)};
  }
  const bool is_whole = index != nullptr && source_index != nullptr && read.find("faults");
  if (!is_whole) return {{}, cut_short(line.size() + 1)};
  ParsedReplay parsed;
  parsed.replay.listener = listener->value;
  parsed.replay.who = {number_of(*seed, parsed.error), number_of(*index, parsed.error),
                       number_of(*source_index, parsed.error)};
  return parsed;
}

std::string replay_in(config::Config& config, const Replay& replay) {
  const auto found = std::ranges::find(config.listeners, replay.listener, &config::Listener::name);
  if (found == config.listeners.end()) {
    std::vector<std::string_view> names;
    names.reserve(config.listeners.size());
    for (const config::Listener& listener : config.listeners) names.push_back(listener.name);
    return "--replay: there is no listener " + text::quoted(replay.listener) +
           text::suggestion(replay.listener, names, '"');
  }
  if (found->plan.empty() && found->fault_in_band == config::InBand::no) {
    return "--replay: the listener " + text::quoted(replay.listener) +
           " has no faults; give it those that it had, as faults or fault_plan, in the "
           "configuration";
  }
  found->replay = replay.who;
  return {};
}

}  // namespace server
