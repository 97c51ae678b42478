// Comparison: whether a client's figures are the truth, which is a service's own log. Pure.
//
// Each time that a client measures contains the one that the service had the request for, so none
// of its percentiles can be below the log's. Above it they hold what the machine takes to carry a
// request and to wake two threads: 1 % and 100 µs are allowed. Above p99.9 a few requests decide,
// and the machine rather than the program: those are shown, and not judged.
#pragma once

#include <cstdint>
#include <vector>

#include "client/measure/histogram.hpp"
#include "client/self_test/delays.hpp"

namespace client::self_test {

/// What may be between the service's log and a client's figure.
Duration allowed_above(Duration logged) noexcept;

struct Row {
  double percent = 0;
  Duration logged{0};
  Duration service{0};  ///< the client's figures
  Duration response{0};
  bool judged = false;

  /// The figure that is further off.
  Duration excess() const noexcept;
  bool below_truth() const noexcept;
  bool above_truth() const noexcept;
};

struct Comparison {
  std::uint64_t logged = 0;    ///< requests in the log
  std::uint64_t measured = 0;  ///< in each of the client's histograms, or the first that differs
  std::vector<Row> rows;

  /// The client cannot be right: it has other requests than the service, or shorter times.
  bool is_impossible() const noexcept;
  /// All judged figures are within what is allowed.
  bool agrees() const noexcept;
};

/// `service` from the sending of each request, `response` from when it was due.
Comparison compare(const measure::Histogram& log, const measure::Histogram& service,
                   const measure::Histogram& response);

}  // namespace client::self_test
