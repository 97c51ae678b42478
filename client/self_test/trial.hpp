// Trial: one load run against the built-in service, and what it shows: that the figures are the
// service's, that a generator without a processor is found out, how fast this machine can be asked
// to send. Run on the loop of the calling thread; the service has a thread of its own.
#pragma once

#include <optional>
#include <string>

#include "client/load/results.hpp"
#include "client/self_test/comparison.hpp"
#include "client/self_test/delays.hpp"
#include "client/self_test/known_service.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace client::self_test {

/// A run and the service's own view of it.
struct Trial {
  load::Results results;
  measure::Histogram log;
  measure::Histogram overslept;
};

/// A load at `rate` a second of `connections`, for `duration`, on a service with these `delays`.
/// Throws std::exception for what cannot be set up.
streams::Task<Trial> try_load(streams::EventLoop& loop, Delays delays, double rate,
                              std::size_t connections, Duration duration);

/// The same at a high rate, with the generator and the service on one processor that other threads
/// keep busy. Pure computing there, a second of it. Nothing where the kernel does not let a thread
/// choose its processor.
streams::Task<std::optional<Trial>> try_starved(streams::EventLoop& loop);

/// Why the figures of a run are invalid, without what to do about it; empty if they are not. Pure.
std::string why_invalid(const load::Results& results);

/// What the machine did to a run, so that its times tell nothing of the program; empty if nothing.
/// Pure.
std::string disturbance(const Trial& trial);

}  // namespace client::self_test
