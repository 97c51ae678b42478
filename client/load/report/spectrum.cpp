#include "client/load/report/spectrum.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <span>
#include <string_view>

#include "client/load/report/columns.hpp"
#include "client/load/report/quantities.hpp"

namespace client::load::report {
namespace {

using Duration = std::chrono::nanoseconds;

constexpr std::size_t label_width = 10;
constexpr std::size_t widest_bar = 20;
constexpr std::size_t share_width = 8;

struct Row {
  std::string_view name;
  double percent;
};
constexpr std::array<Row, 7> rows{{{"p50", 50},
                                   {"p75", 75},
                                   {"p90", 90},
                                   {"p99", 99},
                                   {"p99.9", 99.9},
                                   {"p99.99", 99.99},
                                   {"max", 100}}};

constexpr std::size_t time_width = 10;

constexpr std::string_view omission =
    "Closed loop: service time only, which hides coordinated omission (see --rate).";

// The round numbers of a decade, in tenths of its start: the finest series first.
constexpr std::array<std::int64_t, 12> twelfths{10, 12, 15, 18, 22, 27, 33, 39, 47, 56, 68, 82};
constexpr std::array<std::int64_t, 6> sixths{10, 15, 20, 30, 50, 70};
constexpr std::array<std::int64_t, 3> thirds{10, 20, 50};
constexpr std::array<std::int64_t, 2> halves{10, 30};
constexpr std::array<std::int64_t, 1> decades{10};
constexpr std::array<std::span<const std::int64_t>, 5> series{twelfths, sixths, thirds, halves,
                                                              decades};

// The numbers of a series above `low`, up to the first that is above `high`.
std::vector<Duration> limits_between(Duration low, Duration high,
                                     std::span<const std::int64_t> numbers) {
  std::vector<Duration> limits;
  for (std::int64_t decade = 1;; decade *= 10) {
    for (const std::int64_t number : numbers) {
      const Duration limit{decade * number};
      if (limit <= low) continue;
      limits.push_back(limit);
      if (limit > high) return limits;
    }
  }
}

std::vector<Duration> limits_of(const measure::Histogram& histogram, std::size_t most) {
  const Duration low = histogram.percentile(1);
  const Duration high = histogram.percentile(99);
  std::vector<Duration> limits;
  for (const auto numbers : series) {
    limits = limits_between(low, high, numbers);
    if (limits.size() <= most) return limits;
  }
  limits.erase(limits.begin(), limits.end() - static_cast<std::ptrdiff_t>(most));
  return limits;
}

// With the same decimals on every line, so that the points stand below each other.
std::string share_text(double share) {
  const double percent = share * 100;
  if (percent > 0 && percent < 0.01) return " <0.01 %";
  std::array<char, 16> text{};
  const int size = std::snprintf(text.data(), text.size(), "%6.2f %%", percent);
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::string percentile_text(const measure::Histogram& times, double percent) {
  return times.has_percentile(percent) ? readable_time(times.percentile(percent)) : "-";
}

std::string times_text(const measure::Histogram& times) {
  std::string text;
  if (times.has_percentile(50)) text += "p50 " + percentile_text(times, 50) + ", ";
  if (times.has_percentile(99)) text += "p99 " + percentile_text(times, 99) + ", ";
  return text + "max " + readable_time(times.max());
}

std::vector<Range> spectrum(const measure::Histogram& histogram, std::size_t most) {
  if (histogram.empty()) return {};
  std::vector<Range> ranges;
  for (const Duration limit : limits_of(histogram, most - 1)) ranges.push_back({.limit = limit});
  ranges.push_back({.limit = ranges.back().limit, .open = true});
  auto range = ranges.begin();
  const auto counts = histogram.counts();
  const std::size_t last = measure::Histogram::slot_of(histogram.max());
  for (std::size_t slot = measure::Histogram::slot_of(histogram.min()); slot <= last; ++slot) {
    while (!range->open && measure::Histogram::lowest_in(slot) >= range->limit) ++range;
    range->count += counts[slot];
  }
  if (ranges.back().count == 0) ranges.pop_back();
  return ranges;
}

std::string bar(double share, std::size_t width) {
  constexpr std::array<std::string_view, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double all = std::clamp(share, 0.0, 1.0) * static_cast<double>(width) * 8;
  const auto parts = static_cast<std::size_t>(std::max(std::round(all), share > 0 ? 1.0 : 0.0));
  std::string out;
  for (std::size_t i = 0; i < parts / 8; ++i) out += "█";
  return out += eighths[parts % 8];
}

std::vector<std::string> spectrum_lines(const measure::Histogram& histogram, std::size_t most,
                                        std::size_t width, const Style& style) {
  constexpr std::size_t narrowest_bar = 4;
  const std::size_t others = label_width + 1 + share_width;
  if (width < others + narrowest_bar) return {};
  const std::size_t bar_width = std::min(width - others, widest_bar);
  const std::vector<Range> ranges = spectrum(histogram, most);
  std::uint64_t longest = 0;
  for (const Range& range : ranges) longest = std::max(longest, range.count);
  std::vector<std::string> lines;
  for (const Range& range : ranges) {
    const auto count = static_cast<double>(range.count);
    const std::string label = range.open ? "more" : "< " + readable_span(range.limit);
    const std::string drawn =
        left(bar(count / static_cast<double>(longest), bar_width), bar_width + 1);
    lines.push_back(style.in(Tone::faint, left(label, label_width)) +
                    style.in(Tone::accent, drawn) +
                    share_text(count / static_cast<double>(histogram.count())));
  }
  return lines;
}

std::string latency_table(const Results& results, const Style& style) {
  const Figures& total = results.total;
  const bool open_loop = results.plan.open_loop();
  const measure::Histogram& main = open_loop ? total.response : total.service;
  const bool is_wide = style.width >= Style{}.width;
  const std::size_t name_width = is_wide ? 13 : 8;
  const std::string gap(is_wide ? 4 : 2, ' ');
  const std::size_t figures =
      name_width + time_width + gap.size() + (open_loop ? time_width + gap.size() : 0);
  const std::size_t room = style.width > figures ? style.width - figures : 0;
  const std::vector<std::string> drawn = spectrum_lines(main, rows.size(), room, style);

  std::string out = style.in(Tone::faint, left("latency", name_width));
  if (open_loop) out += style.in(Tone::faint, right("response", time_width)) + gap;
  out += style.in(Tone::faint, right("service", time_width));
  if (!drawn.empty()) {
    out += gap + style.in(Tone::faint, open_loop ? "response times" : "service times");
  }
  out += '\n';
  std::vector<std::string> lines;
  for (const auto& [name, percent] : rows) {
    if (!main.has_percentile(percent)) continue;
    std::string line = style.in(Tone::faint, left(name, name_width));
    line += style.in(Tone::strong, right(percentile_text(main, percent), time_width));
    if (open_loop) line += gap + right(percentile_text(total.service, percent), time_width);
    lines.push_back(std::move(line));
  }
  for (std::size_t i = 0; i < std::max(lines.size(), drawn.size()); ++i) {
    std::string line = i < lines.size() ? lines[i] : std::string(figures - gap.size(), ' ');
    if (i < drawn.size()) line += gap + drawn[i];
    out += line + '\n';
  }
  if (!open_loop) out += style.in(Tone::faint, wrapped(omission, style.width, 0)) + '\n';
  return out;
}

}  // namespace client::load::report
