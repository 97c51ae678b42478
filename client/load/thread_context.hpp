// ThreadContext: what the connections of one generator thread share. References only; the Generator
// owns what they name, and outlives its connections.
#pragma once

#include "client/load/connector.hpp"
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
  streams::EventLoop& loop;
  const Plan& plan;
  Messages& messages;
  Connector& connector;
  Tally& tally;
  Progress& progress;
  streams::Event& started;              ///< requests may be sent
  Pacing* pacing = nullptr;             ///< of the open loop, while it runs
  std::size_t unconnected = 0;          ///< connections whose first attempt to connect is not over
  streams::Event& first_connects_done;  ///< set when `unconnected` is 0
  bool ending = false;                  ///< no connection is made any more
  bool interrupted = false;  ///< what is under way is given up and no failure of the service
};

}  // namespace client::load
