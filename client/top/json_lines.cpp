#include "client/top/json_lines.hpp"

#include "client/load/report/json_writer.hpp"

namespace client::top {
namespace {

using load::report::JsonWriter;

std::string_view word_of(TargetState::Kind kind) {
  switch (kind) {
    case TargetState::Kind::up: return "up";
    case TargetState::Kind::restarted: return "restarted";
    case TargetState::Kind::unasked:
    case TargetState::Kind::down: break;
  }
  return "down";
}

void write(JsonWriter& json, const Readings& readings) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    json.member(columns[i].json, readings.values[i]);
  }
}

}  // namespace

std::string to_json(const TargetState& target, std::string_view time) {
  JsonWriter json(JsonWriter::Layout::line);
  json.begin_object(JsonWriter::Layout::line);
  json.member("schema", "echoline.top/1");
  json.member("time", time);
  json.member("target", target.name);
  json.member("state", word_of(target.kind));
  json.key("error");
  target.error.empty() ? json.null() : json.value(target.error);
  json.key("version");
  target.version.empty() ? json.null() : json.value(target.version);
  json.member("uptime_s", target.uptime);
  json.member("interval_s", target.interval);
  write(json, target.readings);
  json.key("listeners");
  json.begin_array(JsonWriter::Layout::line);
  for (const auto& [name, readings] : target.listeners) {
    json.begin_object(JsonWriter::Layout::line);
    json.member("listener", name);
    write(json, readings);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.text() + '\n';
}

}  // namespace client::top
