// collect: what the threads of a run have counted, put together. The main thread, once all threads
// have ended.
#pragma once

#include <memory>
#include <span>

#include "client/load/generator.hpp"
#include "client/load/results.hpp"

namespace client::load {

/// Fills in what is not in the figures. `results` has its plan and total; `measured_from` is
/// Time::max() of a run that was interrupted before the measurement.
void collect(Results& results, std::span<const std::unique_ptr<Generator>> generators,
             Time measured_from);

}  // namespace client::load
