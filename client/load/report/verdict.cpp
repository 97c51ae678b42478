#include <optional>

#include "client/load/report/expectation.hpp"
#include "client/load/report/quantities.hpp"

namespace client::load::report {
namespace {

using measure::Histogram;

const Histogram& histogram_of(Subject subject, const Results& results) {
  switch (subject) {
    case Subject::response: return results.total.response;
    case Subject::connect: return results.connect;
    case Subject::lag: return results.health.lag;
    default: return results.total.service;
  }
}

Histogram::Duration statistic_of(const Expectation& expectation, const Histogram& histogram) {
  switch (expectation.statistic) {
    case Statistic::min: return histogram.min();
    case Statistic::mean: return histogram.mean();
    case Statistic::max: return histogram.max();
    case Statistic::percentile: break;
  }
  return histogram.percentile(expectation.percent);
}

bool holds(double actual, Relation relation, double limit) {
  switch (relation) {
    case Relation::less: return actual < limit;
    case Relation::at_most: return actual <= limit;
    case Relation::more: return actual > limit;
    case Relation::at_least: return actual >= limit;
    case Relation::equal: break;
  }
  return !(actual < limit) && !(actual > limit);
}

struct Actual {
  std::optional<double> number;  // none if nothing was measured
  std::string text;
};

Actual actual_time(const Expectation& expectation, const Results& results) {
  const Histogram& histogram = histogram_of(expectation.subject, results);
  if (histogram.empty()) return {.number = std::nullopt, .text = "not measured"};
  const auto time = statistic_of(expectation, histogram);
  return {.number = static_cast<double>(time.count()), .text = readable_time(time)};
}

Actual actual_errors(const Expectation& expectation, const Results& results) {
  const ErrorCounts& errors = results.total.errors;
  const std::uint64_t count = expectation.error_kind < 0
                                  ? errors.total()
                                  : errors[static_cast<ErrorKind>(expectation.error_kind)];
  if (!expectation.share) {
    return {.number = static_cast<double>(count), .text = readable_count(count)};
  }
  const auto all = static_cast<double>(results.total.offered);
  const double share = all > 0 ? static_cast<double>(count) / all : 0;
  return {.number = share, .text = readable_share(share)};
}

Actual actual_share(double share) { return {.number = share, .text = readable_share(share)}; }

Actual actual_of(const Expectation& expectation, const Results& results) {
  switch (expectation.subject) {
    case Subject::rate:
      return {.number = results.rates.answered, .text = readable_rate(results.rates.answered)};
    case Subject::requests:
      return {.number = static_cast<double>(results.total.answered),
              .text = readable_count(results.total.answered)};
    case Subject::errors: return actual_errors(expectation, results);
    case Subject::success: return actual_share(results.total.success());
    case Subject::availability: return actual_share(results.availability());
    default: return actual_time(expectation, results);
  }
}

}  // namespace

Verdict evaluate(const Expectation& expectation, const Results& results) {
  Actual actual = actual_of(expectation, results);
  const bool met = actual.number && holds(*actual.number, expectation.relation, expectation.limit);
  return {.expectation = expectation, .met = met, .actual = std::move(actual.text)};
}

}  // namespace client::load::report
