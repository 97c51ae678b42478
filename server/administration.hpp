// The Administration: carries out what the admin protocol asks of the daemon, and writes down in
// the log what was changed. On the first worker's thread.
#pragma once

#include <chrono>
#include <vector>

#include "config/config.hpp"
#include "server/insight/log.hpp"
#include "server/protocols/admin_host.hpp"
#include "server/reload.hpp"
#include "server/serving/server.hpp"
#include "streams/task.hpp"

namespace server {

class Administration final : public protocols::AdminHost {
 public:
  /// `config` is what is in effect.
  Administration(serving::Server& server, Reloader& reloader, insight::Log& log,
                 config::Config& config) noexcept
      : server_(server), reloader_(reloader), log_(log), config_(config) {}
  Administration(const Administration&) = delete;
  Administration& operator=(const Administration&) = delete;

  std::vector<Listener> listeners() const override;
  streams::Task<Sessions> sessions(std::size_t most) override;
  streams::Task<EndedSessions> ended_sessions(std::size_t most) override;
  streams::Task<Found> end_session(std::uint64_t id, bool reset) override;
  streams::Task<FaultAnswer> order_fault(std::uint64_t id, FaultOrder order) override;
  streams::Task<Reloaded> reload() override { return reloader_.request_and_wait(); }
  config::LogLevel level() const noexcept override { return log_.level(); }
  void set_level(config::LogLevel level) noexcept override;
  std::chrono::milliseconds grace() const noexcept override { return config_.shutdown_grace; }
  bool is_stopping() const noexcept override { return server_.is_stopping(); }
  void stop(std::chrono::milliseconds grace) noexcept override;
  insight::EventFeed& events() noexcept override { return log_.feed(); }
  streams::EventLoop& loop() noexcept override { return server_.loop(); }

 private:
  std::vector<serving::Worker*> workers() const;
  /// Whether worker number `worker`, counted from 0, has not answered though it could.
  bool is_silent(std::size_t worker) const noexcept;

  serving::Server& server_;
  Reloader& reloader_;
  insight::Log& log_;
  config::Config& config_;
};

}  // namespace server
