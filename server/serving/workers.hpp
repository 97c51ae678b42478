// Makes the workers of a server, as the configuration would have them. On the first one's thread.
#pragma once

#include <memory>
#include <vector>

#include "config/config.hpp"
#include "server/insight/log.hpp"
#include "server/insight/session_events.hpp"
#include "server/serving/worker.hpp"

namespace server::serving {

/// `log` hears of slow callbacks and of exceptions that nobody waits for, `session_log` of the
/// sessions; both outlive the workers.
std::vector<std::unique_ptr<Worker>> make_workers(const config::Config& config, insight::Log& log,
                                                  insight::SessionSubscriber& session_log);

}  // namespace server::serving
