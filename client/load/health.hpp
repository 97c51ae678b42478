// Whether the figures of a run are the service's, or were set by a generator that could not do what
// it was asked to. Pure.
//
// Invalid is a run
//   - of the open loop whose requests were late: the 99th percentile of its own lag is over 1 ms
//   and
//     over a tenth of that of the response time, which counts from the same intended moment, so
//     that a tenth of what is reported as the service's may be ours;
//   - of the open loop that reached less than 95 % of the rate asked for while a generator thread
//     had its processor for 95 % of the time or more;
//   - of a second or longer in which a generator thread was ready to run, and waited for a
//     processor, for 20 % of the time or more;
//   - in which an attempt to connect found no free local port, and requests waited for one.
// A closed loop whose generator had no time left is valid, for its latencies were as a client of
// that kind sees them; that its throughput is the generator's is said in a note.
#pragma once

#include <vector>

#include "client/load/results.hpp"
#include "client/load/thread_usage.hpp"

namespace client::load {

/// Fills in what `results.health` says of `loads`, one for each thread, and adds notes. All else in
/// `results` is final.
void judge(Results& results, const std::vector<ThreadLoad>& loads);

}  // namespace client::load
