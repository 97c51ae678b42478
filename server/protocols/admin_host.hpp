// The AdminHost: what the admin protocol asks of the daemon around it, which implements it. On the
// first worker's thread, where every admin connection is served.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "server/insight/event_feed.hpp"
#include "streams/event_loop.hpp"
#include "streams/faults/fault.hpp"
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

  struct Session {
    std::uint64_t id;
    std::string listener;
    std::string peer;
    std::string proxy;  ///< through which it has come; empty for none
    std::chrono::milliseconds age;
    std::chrono::milliseconds idle;   ///< as far as the sweep has seen it
    std::uint64_t received;           ///< bytes
    std::uint64_t sent;               ///< bytes
    std::size_t unsent;               ///< bytes that the kernel has not taken
    bool above_high_water;            ///< it is not read from
    std::chrono::milliseconds since;  ///< how long that has been so; 0 where it is not measured
    std::chrono::microseconds rtt;    ///< 0 where it is not TCP
  };
  struct Sessions {
    Sessions() = default;  // no aggregate, for GCC 12 in a co_await expression

    std::vector<Session> some;       ///< as many as were asked for, those with the lowest numbers
    std::size_t all = 0;             ///< that there are
    std::size_t silent_workers = 0;  ///< that have not answered in time
  };
  /// Living sessions of all workers, own ones too, at most `most`.
  virtual streams::Task<Sessions> sessions(std::size_t most) = 0;

  enum class HowEnded : std::uint8_t {
    open,  ///< not by its sender: the daemon ended the connection before
    fin,
    reset
  };
  /// A direction of a connection that has ended.
  struct EndedDirection {
    std::uint64_t bytes = 0;   ///< on the wire
    std::uint64_t hashed = 0;  ///< of those, in the hash
    std::string hash;          ///< text::RunningHash, in hexadecimal digits
    HowEnded how = HowEnded::open;
  };
  struct Ended {
    std::uint64_t id;
    std::string listener;
    std::string peer;
    std::string proxy;  ///< through which it had come; empty for none
    std::chrono::steady_clock::time_point when;
    std::chrono::milliseconds lasted;
    EndedDirection in;
    EndedDirection out;
    std::string_view cause;  ///< as in the log; static
    std::string error;       ///< of the connection; empty for none
  };
  struct EndedSessions {
    EndedSessions() = default;  // no aggregate, for GCC 12 in a co_await expression

    std::vector<Ended> some;         ///< as many as were asked for, the latest first
    std::size_t silent_workers = 0;  ///< that have not answered in time
    bool is_kept = false;            ///< by any listener
  };
  /// How many each worker keeps.
  static constexpr std::size_t most_ended = 1000;
  /// Those that have ended last, at most `most`, of listeners with keep_ended.
  virtual streams::Task<EndedSessions> ended_sessions(std::size_t most) = 0;

  enum class Found : std::uint8_t { yes, no, unknown };
  /// Ends the session gracefully, or resets it.
  virtual streams::Task<Found> end_session(std::uint64_t id, bool reset) = 0;

  /// What is asked of the faults of one session.
  struct FaultOrder {
    enum class What : std::uint8_t {
      add,   ///< one more, from where the session is now
      show,  ///< those in force
      off    ///< none any more
    };
    // No aggregate, for GCC 12 in a co_await expression.
    explicit FaultOrder(What its_what) noexcept : what(its_what) {}
    explicit FaultOrder(faults::Fault its_fault) : what(What::add), fault(std::move(its_fault)) {}

    What what;
    std::optional<faults::Fault> fault = {};  ///< of add
  };
  struct FaultAnswer {
    FaultAnswer() = default;  // likewise

    Found found = Found::no;
    std::string refusal;                ///< why it was not done, behind "session 17 "; else empty
    std::vector<std::string> in_force;  ///< of show, each a line of printable text
  };
  virtual streams::Task<FaultAnswer> order_fault(std::uint64_t id, FaultOrder order) = 0;

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
  virtual bool is_stopping() const noexcept = 0;
  /// Begins a graceful stop, which takes at most `grace`.
  virtual void stop(std::chrono::milliseconds grace) noexcept = 0;

  /// What happens, for who watches.
  virtual insight::EventFeed& events() noexcept = 0;
  /// That of the first worker.
  virtual streams::EventLoop& loop() noexcept = 0;

 protected:
  ~AdminHost() = default;
};

}  // namespace server::protocols
