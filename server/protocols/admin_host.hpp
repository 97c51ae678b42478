// The AdminHost: what the admin protocol asks of the daemon around it, which implements it. On the
// first worker's thread, where every admin connection is served.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "streams/task.hpp"

namespace server::protocols {

class AdminHost {
 public:
  struct Listener {
    std::string_view protocol;
    std::string name;
    std::vector<std::string> addresses;  ///< with the ports that the kernel chose
    std::size_t taken;                   ///< of its places, max_connections
    std::size_t places;
  };
  /// Those that listen, in the order of the configuration.
  virtual std::vector<Listener> listeners() const = 0;

  struct Reloaded {
    Reloaded() = default;  // no aggregate, for GCC 12 in a co_await expression

    bool done = false;
    std::size_t listeners = 0;        ///< that there are now
    std::vector<std::string> errors;  ///< all of them, where it was not done
    std::vector<std::string> later;   ///< settings that wait for a restart
  };
  /// What came of a reload that began after this.
  virtual streams::Task<Reloaded> reload() = 0;

  virtual config::LogLevel level() const noexcept = 0;
  /// Until the next reload, which has that of the configuration.
  virtual void set_level(config::LogLevel level) noexcept = 0;

  /// The grace of the configuration.
  virtual std::chrono::milliseconds grace() const noexcept = 0;
  /// Begins a graceful stop, which takes at most `grace`.
  virtual void stop(std::chrono::milliseconds grace) noexcept = 0;

 protected:
  ~AdminHost() = default;
};

}  // namespace server::protocols
