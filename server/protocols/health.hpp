// The Health: what a health check asks of the server around it, which implements it. On the first
// worker's thread, where every connection of `[metrics]` is served.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "streams/event_loop.hpp"

namespace server::protocols {

class Health {
 public:
  /// That of this thread, to wait on.
  virtual streams::EventLoop& loop() = 0;
  /// Has each worker's loop count one pulse, as soon as it turns.
  virtual void take_pulses() noexcept = 0;
  /// How many each has counted; of those that have not ended.
  virtual std::vector<std::uint64_t> pulses() const = 0;
  /// Why a client that connects now would not be served at once, as a word: "stopping", or "full"
  /// when all of the server's places are taken. Empty when it would.
  virtual std::string_view not_ready() const = 0;

 protected:
  ~Health() = default;
};

}  // namespace server::protocols
