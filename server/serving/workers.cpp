#include "server/serving/workers.hpp"

#include <cstddef>
#include <exception>
#include <string>

#include "server/serving/sizing.hpp"
#include "streams/exception_group.hpp"

namespace server::serving {
namespace {

streams::Debug::Options debug_mode(const config::Config& config, insight::Log& log) {
  streams::Debug::Options options;
  if (config.slow_callback.count() != 0) {
    options.enabled = true;
    options.slow_callback_duration = config.slow_callback;
  }
  options.on_slow_callback = [&log](const streams::TaskInfo& task, auto duration) {
    const std::string name = task.to_string();
    const std::chrono::duration<double> seconds = duration;
    log.limited(insight::Log::Level::warning, "slow-callback",
                {{"task", name}, {"seconds", seconds.count()}});
  };
  return options;
}

}  // namespace

std::vector<std::unique_ptr<Worker>> make_workers(const config::Config& config, insight::Log& log,
                                                  insight::SessionSubscriber& session_log,
                                                  streams::BufferBudget& budget) {
  streams::EventLoop::Options options;
  options.busy_poll = config.busy_poll;
  options.debug = debug_mode(config, log);
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::size_t i = 0; i < worker_count(config); ++i) {
    workers.push_back(
        std::make_unique<Worker>(i, options, config.shutdown_grace, session_log, budget));
    workers.back()->loop().set_exception_handler(
        [&log](const char* where, const std::exception_ptr& exception) {
          log.limited(insight::Log::Level::error, "exception",
                      {{"where", where}, {"what", streams::describe(exception)}});
        });
  }
  return workers;
}

void relieve(const std::vector<std::unique_ptr<Worker>>& workers) noexcept {
  for (const auto& worker : workers) worker->relieve();
}

}  // namespace server::serving
