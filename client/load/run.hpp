// A load run from the first connection to the results. The main thread runs it on its loop; the
// work is done by generator threads, one for each loop of the plan.
#pragma once

#include "client/load/observer.hpp"
#include "client/load/plan.hpp"
#include "client/load/preflight.hpp"
#include "client/load/results.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace client::load {

/// Does what `plan` says. SIGINT or SIGTERM ends it early, with the results of what was done so
/// far; a second one ends it without waiting for what is under way. `plan.threads` is at most
/// `plan.connections`; `targets` are the plan's, resolved. Throws std::exception for what cannot be
/// set up.
streams::Task<Results> run(streams::EventLoop& loop, const Plan& plan,
                           const std::vector<ResolvedTarget>& targets, Observer& observer);

}  // namespace client::load
