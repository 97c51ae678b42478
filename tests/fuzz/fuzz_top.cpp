// Whatever a target answers, reading it stays within its bounds, makes no rate below zero, and what
// echoline top makes of it fits the screen and steers no terminal. The input is two answers, with
// an empty line between them.
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "client/load/report/columns.hpp"
#include "client/top/exposition.hpp"
#include "client/top/json_lines.hpp"
#include "client/top/layout.hpp"
#include "client/top/target_state.hpp"
#include "tests/fuzz/verdict.hpp"

namespace {

using tests::found;
using namespace client::top;

/// From memory of exactly its size.
Snapshot read(std::string_view text) {
  const auto memory = std::make_unique<char[]>(text.size());
  text.copy(memory.get(), text.size());
  const Exposition exposition = parse_exposition({memory.get(), text.size()});
  if (exposition.samples.size() > max_samples) found("too many samples");
  for (const Sample& sample : exposition.samples) {
    if (sample.name.empty() || sample.name.size() > max_word || sample.labels.size() > max_labels) {
      found("a sample beyond its bounds", text::escaped(text));
    }
  }
  return snapshot_of(exposition.samples);
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

void check_screen(const TargetState& target, std::size_t width) {
  View view;
  view.targets = {&target, 1};
  view.listeners = true;
  for (const std::string& line : screen(view, {.unicode = false}, width, 20)) {
    if (client::load::report::columns(line) > width) found("a line that is too wide", line);
    if (std::ranges::any_of(line, is_control)) found("a line that steers", text::escaped(line));
  }
}

void check_rates(const Readings& readings) {
  for (const auto reading : {Reading::accepted, Reading::refused, Reading::received, Reading::sent,
                             Reading::slow, Reading::stalled, Reading::retransmits}) {
    if (readings[reading] && !(*readings[reading] >= 0)) found("a rate below zero");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = tests::text_of(data, size);
  const std::size_t middle = std::min(input.find("\n\n"), input.size());
  Tracker tracker("target");
  tracker.answered(read(input.substr(0, middle)), Tracker::Time(std::chrono::seconds(1)));
  tracker.answered(read(input.substr(middle)), Tracker::Time(std::chrono::seconds(2)));
  const TargetState& state = tracker.state();
  check_rates(state.readings);
  for (const auto& [name, readings] : state.listeners) check_rates(readings);
  for (const std::size_t width : {0U, 10U, 80U, 200U}) check_screen(state, width);
  const std::string json = to_json(state, "2026-01-31T12:00:00Z");
  if (std::ranges::count(json, '\n') != 1 || json.back() != '\n') found("not one line", json);
  return 0;
}
