#include "client/load/report/parts_text.hpp"

#include <utility>
#include <vector>

#include "client/load/report/plan_text.hpp"
#include "client/load/report/quantities.hpp"
#include "client/load/report/spectrum.hpp"
#include "client/load/report/table.hpp"

namespace client::load::report {
namespace {

Row heads(const char* of) {
  Row row;
  for (const char* const text : {of, "offered", "answered", "errors", "p50", "p99", "max"}) {
    row.push_back({text, Tone::faint});
  }
  return row;
}

Row row_of(std::string label, const Part& part) {
  const std::uint64_t errors = part.errors.total();
  Row row{{std::move(label)},
          {readable_count(part.offered)},
          {readable_count(part.answered)},
          {readable_count(errors), errors == 0 ? Tone::plain : Tone::bad}};
  for (const double percent : {50.0, 99.0, 100.0})
    row.push_back({percentile_text(part.times, percent)});
  return row;
}

// A ramp that was cut short did not reach its end.
RateStage done_of(RateStage stage, Duration length) {
  if (length >= stage.time) return stage;
  const auto share = static_cast<double>(length.count()) / static_cast<double>(stage.time.count());
  stage.to = stage.from + (stage.to - stage.from) * share;
  return stage;
}

}  // namespace

std::string outage_text(const Outage& outage) {
  return "for " + readable_time(outage.length) + ", from " + readable_time(outage.from) + " on";
}

std::string stage_table(const Results& results, const Style& style) {
  if (results.stages.empty()) return {};
  std::vector<Row> rows{heads("stage")};
  for (std::size_t i = 0; i < results.stages.size(); ++i) {
    const StagePart& part = results.stages[i];
    rows.push_back(
        row_of(stage_text(done_of(results.plan.stages[i], part.length), part.length), part));
  }
  return table(rows, style);
}

std::string target_table(const Results& results, const Style& style) {
  if (results.targets.empty()) return {};
  std::vector<Row> rows{heads("target")};
  Part unsent;
  unsent.offered = unsent.errors[ErrorKind::unsent] = results.total.unsent();
  for (std::size_t i = 0; i < results.targets.size(); ++i) {
    rows.push_back(row_of(results.plan.targets[i].name, results.targets[i]));
  }
  if (unsent.offered != 0) rows.push_back(row_of("(not sent)", unsent));
  return table(rows, style);
}

}  // namespace client::load::report
