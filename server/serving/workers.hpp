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
/// sessions; both outlive the workers, and so does `budget`, in which their buffers count.
std::vector<std::unique_ptr<Worker>> make_workers(const config::Config& config, insight::Log& log,
                                                  insight::SessionSubscriber& session_log,
                                                  streams::BufferBudget& budget);

/// Has each end its part of the sessions until all buffers take no more than they may. Any thread.
void relieve(const std::vector<std::unique_ptr<Worker>>& workers) noexcept;

}  // namespace server::serving
