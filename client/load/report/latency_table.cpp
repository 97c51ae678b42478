#include "client/load/report/latency_table.hpp"

#include <array>
#include <string_view>
#include <vector>

#include "client/load/report/columns.hpp"
#include "client/load/report/quantities.hpp"
#include "client/load/report/spectrum.hpp"

namespace client::load::report {
namespace {

using measure::Histogram;

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

constexpr std::size_t label_width = 13;
constexpr std::size_t time_width = 10;
constexpr std::string_view gap = "    ";

constexpr std::string_view omission =
    "Closed loop: service time only, which hides coordinated omission (see --rate).";

}  // namespace

std::string latency_table(const Results& results, const Style& style) {
  const Figures& total = results.total;
  const bool open_loop = results.plan.open_loop();
  const Histogram& shown = open_loop ? total.response : total.service;
  const std::vector<std::string> lines = spectrum_lines(shown, rows.size(), style);

  std::string out = style.in(Tone::faint, left("latency", label_width));
  if (open_loop) out += style.in(Tone::faint, right("response", time_width)) + std::string{gap};
  out += style.in(Tone::faint, right("service", time_width));
  out += std::string{gap} + style.in(Tone::faint, open_loop ? "response times" : "service times");
  out += '\n';
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out += style.in(Tone::faint, left(rows[i].name, label_width));
    if (open_loop) {
      const auto time = total.response.percentile(rows[i].percent);
      out += style.in(Tone::strong, right(readable_time(time), time_width)) + std::string{gap};
    }
    const std::string service =
        right(readable_time(total.service.percentile(rows[i].percent)), time_width);
    out += open_loop ? service : style.in(Tone::strong, service);
    if (i < lines.size()) out += std::string{gap} + lines[i];
    out += '\n';
  }
  if (!open_loop) out += style.in(Tone::faint, omission) + '\n';
  return out;
}

}  // namespace client::load::report
