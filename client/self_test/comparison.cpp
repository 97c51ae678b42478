#include "client/self_test/comparison.hpp"

#include <algorithm>
#include <array>

namespace client::self_test {
namespace {

using namespace std::chrono_literals;

constexpr double highest_judged = 99.9;
constexpr std::array<double, 8> percents{10, 50, 75, 90, 99, 99.9, 99.99, 100};

// Two histograms may put the same time a slot apart.
Duration resolution(Duration time) { return time / 500; }

}  // namespace

Duration allowed_above(Duration logged) noexcept { return logged / 100 + 100us; }

Duration Row::excess() const noexcept { return std::max(service, response) - logged; }

bool Row::below_truth() const noexcept {
  return std::min(service, response) + resolution(logged) < logged;
}

bool Row::above_truth() const noexcept { return judged && excess() > allowed_above(logged); }

bool Comparison::is_impossible() const noexcept {
  return logged != measured || std::ranges::any_of(rows, &Row::below_truth);
}

bool Comparison::agrees() const noexcept {
  return !is_impossible() && std::ranges::none_of(rows, &Row::above_truth);
}

Comparison compare(const measure::Histogram& log, const measure::Histogram& service,
                   const measure::Histogram& response) {
  Comparison comparison;
  comparison.logged = log.count();
  comparison.measured = service.count() == log.count() ? response.count() : service.count();
  for (const double percent : percents) {
    Row row;
    row.percent = percent;
    row.logged = log.percentile(percent);
    row.service = service.percentile(percent);
    row.response = response.percentile(percent);
    row.judged = percent <= highest_judged;
    comparison.rows.push_back(row);
  }
  return comparison;
}

}  // namespace client::self_test
