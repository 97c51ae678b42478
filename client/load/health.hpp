// Whether the figures of a run are the service's, or were set by a generator that could not do what
// it was asked to. Pure.
//
// Invalid is a run
//   - of the open loop whose requests were late: the 99th percentile of its own lag is over 1 ms
//     and over a tenth of that of the response time, which counts from the same intended moment, so
//     that a tenth of what is reported as the service's may be ours; of less than a hundred
//     requests the median, and of less than ten nothing is judged by it;
//   - of the open loop that reached less than 95 % of the rate asked for while a generator thread
//     worked for 95 % of the time or more;
//   - whose generator stood still for 5 % of the time or more;
//   - of a second or longer in which a generator thread was ready to run, and waited for a
//     processor, for 20 % of the time or more; 50 % where the service was on the same processors,
//     for then the figures are those of both together, as on any machine that has only these;
//   - in which an attempt to connect found no free local port, and requests waited for one.
//
// Where replies came and none was right, nothing of this is said: there are no figures.
//
// A note says what the figures hold beside the service's: that a closed loop's generator had no
// time left, so that the throughput is its own; that the service and the generator shared the
// processors; that the generator stood still for a moment; that requests waited because there were
// too few connections for the rate.
#pragma once

#include "client/load/results.hpp"

namespace client::load {

/// Says in `results.health` what is invalid and what helps, and adds notes. All else in `results`
/// is final.
void judge(Results& results);

}  // namespace client::load
