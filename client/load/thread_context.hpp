// ThreadContext: what the connections of one generator thread share. References only; the Generator
// owns what they name, and outlives its connections.
#pragma once

#include <functional>

#include "client/load/connector.hpp"
#include "client/load/dispatcher.hpp"
#include "client/load/messages.hpp"
#include "client/load/plan.hpp"
#include "client/load/progress.hpp"
#include "client/load/tally.hpp"
#include "streams/event.hpp"
#include "streams/event_loop.hpp"

namespace client::load {

/// Looks whether anything is due when someone has read the clock anyway, so that a busy loop is not
/// late.
class Pacing {
 public:
  virtual void look(Time now) noexcept = 0;

 protected:
  ~Pacing() = default;
};

struct ThreadContext {
  /// After a wrong reply: whether the target speaks another protocol altogether, which ends the
  /// run.
  void check_protocol() {
    constexpr std::uint64_t enough = 5;
    if (tally.wrong_replies >= enough && !tally.answered_once) on_wrong_protocol();
  }

  streams::EventLoop& loop;
  const Plan& plan;
  Messages& messages;
  Connector& connector;
  Tally& tally;
  Progress& progress;
  Dispatcher& dispatcher;
  streams::Event& started;              ///< requests may be sent
  Pacing* pacing = nullptr;             ///< of the open loop, while it runs
  std::size_t unconnected = 0;          ///< connections whose first attempt to connect is not over
  streams::Event& first_connects_done;  ///< set when `unconnected` is 0
  bool ending = false;                  ///< no connection is made any more
  bool interrupted = false;  ///< what is under way is given up and no failure of the service
  std::function<void()> on_wrong_protocol;  ///< called as often as it is found
};

}  // namespace client::load
