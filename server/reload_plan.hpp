// A ReloadPlan: a new configuration that can be applied in one go, or why there is none. Made on a
// thread that may wait, for files and for the look-up of names; a value.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "server/config_source.hpp"
#include "server/serving/server.hpp"
#include "server/sockets/binder.hpp"

namespace server {

struct ReloadPlan {
  ReloadPlan() = default;  // no aggregate, for GCC 12 in a co_await expression

  config::Config config;
  /// Of its listeners' sockets; new ones listen already.
  std::vector<serving::Server::SocketsFrom> sources;
  std::vector<sockets::Bindings::Skipped> skipped;
  std::vector<std::string> left_aside;  ///< as ConfigSource has it
  std::vector<std::string> errors;      ///< all of them, a line each; with any, the rest is void
};

/// How far the making of a plan is: shared by the thread that makes it and the one that waits for
/// it. A plan that is given up binds nothing, so that it is in nobody's way.
class PlanStage {
 public:
  /// The one who waits gives the plan up. False when that comes too late: it binds already, which
  /// waits for nothing, and will be there at once.
  bool give_up() noexcept { return leave_waiting_for(Stage::given_up); }
  /// The thread has waited for files and names, and wants to bind. False when it was given up.
  bool begin_binding() noexcept { return leave_waiting_for(Stage::binding); }

 private:
  enum class Stage : std::uint8_t { waiting, binding, given_up };

  bool leave_waiting_for(Stage next) noexcept {
    Stage waiting = Stage::waiting;
    return stage_.compare_exchange_strong(waiting, next);
  }

  std::atomic<Stage> stage_{Stage::waiting};
};

/// Reads and checks the configuration, and binds what it has beyond the listeners that are
/// `present`, whose sockets `binder` knows. `inherited` are the names of the sockets that the
/// service manager passed on. Any thread.
ReloadPlan plan_reload(const ConfigSource& source, const std::vector<std::string>& inherited,
                       const std::vector<config::Listener>& present, sockets::Binder binder,
                       const std::shared_ptr<PlanStage>& stage);

}  // namespace server
