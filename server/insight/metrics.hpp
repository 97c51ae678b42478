// What a worker counts, beside its loop's Traffic. Each counter has one writing thread, that of the
// worker or acceptor it belongs to; any thread reads them. STATS gives them to peers by these
// names.
#pragma once

#include "streams/counter.hpp"

namespace server::insight {

struct WorkerMetrics {
  streams::Counter sessions_started;
  streams::Counter sessions_ended;
  streams::Counter sessions_timed_out;
  streams::Counter sessions_failed;  ///< ended by an exception: a bug or exhausted memory
};

struct AcceptorMetrics {
  streams::Counter refused;
  streams::Counter accept_errors;
};

}  // namespace server::insight
