#include "client/top/layout.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "client/load/report/columns.hpp"
#include "client/top/amounts.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/units.hpp"

namespace client::top {
namespace {

using load::report::Style;
using load::report::Tone;

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest_label = 8;

// State, version and age stand before the readings.
constexpr std::size_t before_readings = 3;
constexpr std::size_t cell_count = before_readings + columns.size();
constexpr std::size_t state_cell = 0;
constexpr std::size_t version_cell = 1;
constexpr std::size_t age_cell = 2;
constexpr std::size_t cell_of(Reading reading) {
  return before_readings + static_cast<std::size_t>(reading);
}

// What is left out first where there is too little room.
constexpr std::array<std::size_t, cell_count - 1> least_first{
    cell_of(Reading::max),         cell_of(Reading::rtt),     version_cell,
    cell_of(Reading::slow),        cell_of(Reading::lag),     cell_of(Reading::lag_p50),
    cell_of(Reading::retransmits), cell_of(Reading::stalled), age_cell,
    cell_of(Reading::waiting),     cell_of(Reading::sent),    cell_of(Reading::received),
    cell_of(Reading::refused),     cell_of(Reading::lag_p99), cell_of(Reading::accepted),
    cell_of(Reading::active)};

// More than 0 of these is worth a look.
constexpr bool is_alarming(Reading reading) {
  return reading == Reading::refused || reading == Reading::waiting || reading == Reading::slow ||
         reading == Reading::stalled || reading == Reading::retransmits;
}

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
};

struct Row {
  std::string label;
  Tone tone = Tone::plain;
  std::string note;  // instead of cells
  std::array<Cell, cell_count> cells{};
};

/// What others say is shown in printable ASCII, a question mark for any other character: it steers
/// no terminal, and each takes one column.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool goes_on = (static_cast<unsigned char>(c) & 0xc0U) == 0x80;
    if (!goes_on || out.empty() || out.back() != '?') out += text::is_printable(c) ? c : '?';
  }
  return out;
}

std::string in_letters(const std::string& text, const Style& style) {
  return style.unicode ? text : load::report::to_ascii(text);
}

void set_readings(Row& row, const Readings& readings, const Style& style) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto reading = static_cast<Reading>(i);
    const bool alarming = is_alarming(reading) && readings[reading].value_or(0) > 0;
    row.cells[before_readings + i] = {in_letters(amount(readings[reading], columns[i].unit), style),
                                      alarming ? Tone::warning : Tone::plain};
  }
}

Row heads(const Order& order) {
  Row row{.label = "target", .tone = Tone::strong, .note = {}};
  row.cells[state_cell].text = "state";
  row.cells[version_cell].text = "version";
  row.cells[age_cell].text = "up for";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    row.cells[before_readings + i].text = columns[i].head;
  }
  for (Cell& cell : row.cells) cell.tone = Tone::strong;
  if (order.by) row.cells[cell_of(*order.by)].tone = Tone::accent;
  return row;
}

Row row_of(const TargetState& target, const Style& style) {
  Row row{.label = shown(target.name), .note = {}};
  switch (target.kind) {
    case TargetState::Kind::unasked: row.note = "asked, and has not answered yet"; break;
    case TargetState::Kind::down:
      row.tone = Tone::bad;
      row.note = shown(target.error);
      break;
    case TargetState::Kind::up: row.cells[state_cell] = {"up", Tone::good}; break;
    case TargetState::Kind::restarted: row.cells[state_cell] = {"restarted", Tone::warning}; break;
  }
  row.cells[version_cell].text = target.version.empty() ? "-" : shown(target.version);
  row.cells[age_cell].text = age(target.uptime);
  set_readings(row, target.readings, style);
  return row;
}

/// Which cells there is room for, and how wide each is; a width of 0 is one that is left out.
struct Widths {
  std::size_t label = 0;
  std::array<std::size_t, cell_count> cells{};

  std::size_t total() const {
    std::size_t all = label;
    for (const std::size_t width : cells) all += width == 0 ? 0 : gap + width;
    return all;
  }
};

Widths widths_of(std::span<const Row> rows, std::size_t room) {
  Widths widths;
  std::array<bool, cell_count> told{};
  for (const Row& row : rows) {
    widths.label = std::max(widths.label, load::report::columns(row.label));
    if (!row.note.empty()) continue;
    for (std::size_t i = 0; i < cell_count; ++i) {
      const std::string& text = row.cells[i].text;
      widths.cells[i] = std::max(widths.cells[i], load::report::columns(text));
      told[i] = told[i] || (&row != rows.data() && !text.empty() && text != "-");
    }
  }
  for (const std::size_t cell : least_first) {
    if (widths.total() > room && !told[cell]) widths.cells[cell] = 0;
  }
  for (const std::size_t cell : least_first) {
    const std::size_t other = widths.total() - widths.label;
    if (other + std::min(widths.label, 2 * narrowest_label) > room) widths.cells[cell] = 0;
  }
  if (widths.total() > room) {
    const std::size_t other = widths.total() - widths.label;
    widths.label = std::max(narrowest_label, room - std::min(room, other));
  }
  return widths;
}

std::string line_of(const Row& row, const Widths& widths, const Style& style, std::size_t room) {
  std::string out = load::report::left(load::report::cut(row.label, widths.label), widths.label);
  out = load::report::cut(out, room);
  std::size_t taken = load::report::columns(out);
  out = style.in(row.tone, out);
  const auto add = [&](std::string_view text, Tone tone) {
    const std::string_view shown = load::report::cut(text, room - taken);
    taken += load::report::columns(shown);
    out += style.in(tone, shown);
  };
  if (!row.note.empty()) {
    add("  ", Tone::plain);
    add(row.note, row.tone);
    return out;
  }
  for (std::size_t i = 0; i < cell_count; ++i) {
    if (widths.cells[i] == 0) continue;
    const Cell& cell = row.cells[i];
    const std::size_t blanks = gap + widths.cells[i] - load::report::columns(cell.text);
    add(std::string(blanks, ' '), Tone::plain);
    add(cell.text, cell.tone);
  }
  return out;
}

std::string title(const View& view) {
  const auto answered = std::ranges::count_if(view.targets, [](const TargetState& target) {
    return target.kind == TargetState::Kind::up || target.kind == TargetState::Kind::restarted;
  });
  const std::size_t all = view.targets.size();
  return "echoline top  " + view.time + "  " + std::to_string(all) +
         (all == 1 ? " target, " : " targets, ") + std::to_string(answered) + " up, every " +
         text::format_duration(view.interval) + ", order: " + std::string(view.order.key());
}

/// How many there are below the heads.
std::size_t count_rows(const View& view, bool listeners) {
  std::size_t count = view.targets.size();
  for (const TargetState& target : view.targets) count += listeners ? target.listeners.size() : 0;
  return count;
}

/// Heads, and at most so many rows below them. With `listeners` theirs, too.
std::vector<Row> rows_of(const View& view, bool listeners, const Style& style, std::size_t most) {
  std::vector<Row> rows{heads(view.order)};
  for (const TargetState* const target : sorted(view.targets, view.order)) {
    if (rows.size() > most) break;
    rows.push_back(row_of(*target, style));
    if (!listeners) continue;
    for (const auto& [name, readings] : target->listeners) {
      if (rows.size() > most) break;
      Row row{.label = "  " + shown(name), .note = {}};
      set_readings(row, readings, style);
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace

std::vector<std::string> screen(const View& view, const Style& style, std::size_t width,
                                std::size_t height) {
  constexpr std::size_t least_height = 3;  // title, heads and the last line
  const std::size_t room = height > least_height ? height - least_height : 0;
  const bool listeners = view.listeners || count_rows(view, true) <= room;
  const std::size_t count = count_rows(view, listeners);
  const std::size_t missing = count > room ? count - room : 0;
  // A daemon may have thousands of listeners.
  const std::vector<Row> rows = rows_of(view, listeners, style, room);
  const Widths widths = widths_of(rows, width);
  std::vector<std::string> lines{std::string(load::report::cut(title(view), width))};
  for (const Row& row : rows) lines.push_back(line_of(row, widths, style, width));
  const std::string keys =
      "q quit  t target  c conns  a new  r refused  w waiting  i in  o out  "
      "l lag  s stalled  x retr  g as given  L listeners";
  const std::string more =
      missing == 0 ? "" : std::to_string(missing) + " rows more than there is room for  ";
  lines.push_back(style.in(Tone::faint, load::report::cut(more + keys, width)));
  if (lines.size() > height) lines.resize(height);
  return lines;
}

std::string plain(const View& view, const Style& style) {
  constexpr std::size_t any = std::numeric_limits<std::size_t>::max();
  const std::vector<Row> rows = rows_of(view, view.listeners, style, any);
  const Widths widths = widths_of(rows, any);
  std::string out = title(view) + '\n';
  for (const Row& row : rows) out += line_of(row, widths, style, any) + '\n';
  return out;
}

}  // namespace client::top
