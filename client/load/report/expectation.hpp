// An objective that a run is held to, as in `p99<5ms`, `errors=0` or `rate>=50000`. Values and pure
// functions, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/load/results.hpp"

namespace client::load::report {

enum class Subject : std::uint8_t {
  response,
  service,
  connect,
  lag,
  rate,
  requests,
  errors,
  success,
  availability
};
enum class Statistic : std::uint8_t { percentile, min, mean, max };
enum class Relation : std::uint8_t { less, at_most, more, at_least, equal };

struct Expectation {
  std::string text;  ///< as it was written
  Subject subject = Subject::service;
  Statistic statistic = Statistic::percentile;  ///< of a time
  double percent = 0;                           ///< of a percentile
  int error_kind = -1;                          ///< of errors, an ErrorKind; -1 is all of them
  bool share = false;                           ///< of errors: `limit` is a share of all requests
  Relation relation = Relation::less;
  double limit = 0;  ///< nanoseconds of a time, a second of a rate, else a count or a share of 1
};

struct ParsedExpectation {
  Expectation expectation;
  std::string error;  ///< empty on success; else what is wrong and what can be said

  explicit operator bool() const noexcept { return error.empty(); }
};

/// Reads NAME RELATION VALUE. Names are `p50`, `p99.9`, `min`, `mean`, `max` of the response time
/// in the open loop and the service time in the closed one, or of another time with `response.`,
/// `service.`, `connect.` or `lag.` before it; `rate`, `requests`, `errors` and the kinds of
/// errors, `unsent` among them; `success`, the share of the requests that were answered, and
/// `availability`, the share of the time without an outage. Relations are <, <=, >, >=, =. Times
/// need their unit (ns, us, ms, s); a rate or count takes k or M, errors take a percentage of all
/// requests too, and the two shares nothing else. What a closed loop does not know is an error.
ParsedExpectation parse_expectation(std::string_view text, bool open_loop);

/// What became of an expectation.
struct Verdict {
  Expectation expectation;
  bool met = false;
  std::string actual;  ///< to be read, with its unit

  /// `p99<5ms, was 7.31 ms`
  std::string text() const { return expectation.text + ", was " + actual; }
};

/// A time of which nothing was measured does not meet anything.
Verdict evaluate(const Expectation& expectation, const Results& results);

}  // namespace client::load::report
