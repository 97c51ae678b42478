// What the self-test has found, what that comes to, and how it is told. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/load/results.hpp"
#include "client/self_test/comparison.hpp"
#include "client/self_test/delays.hpp"
#include "client/self_test/trial.hpp"

namespace client::self_test {

enum class Verdict : std::uint8_t {
  right,
  wrong,     ///< the figures are not the truth, and nothing excuses them
  disturbed  ///< they are not, as may be on a machine that did other things meanwhile
};

/// Of one distribution.
struct Finding {
  Delays delays;
  double rate = 0;  ///< asked for
  Comparison comparison;
  Verdict verdict = Verdict::disturbed;
  std::string disturbance;  ///< of a machine that was
  int attempts = 1;         ///< that it took
};

Finding find(Delays delays, const Trial& trial);

/// Of one rate.
struct RateFinding {
  double rate = 0;
  double reached = 0;
  Duration lag_p50{0};
  Duration lag_p99{0};
  bool valid = false;
  int attempts = 1;  ///< that it took

  /// Requests left when they were due, but for microseconds.
  bool on_time() const noexcept;
};

RateFinding find_rate(const load::Results& results);

struct Findings {
  std::vector<Finding> distributions;
  std::optional<bool> starvation_noticed;  ///< nothing where it could not be tried
  std::vector<RateFinding> rates;          ///< rising
};

Verdict verdict_of(const Findings& findings);

// Lines of 80 columns, each with its line feed.

std::string text_of(const Finding& finding);
std::string starvation_text(const std::optional<Trial>& trial);
std::string rates_header();
std::string text_of(const RateFinding& finding);
/// What it comes to.
std::string conclusion(const Findings& findings);

}  // namespace client::self_test
