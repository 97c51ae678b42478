// Writes the log's lines about sessions: one for each that ends, as the listener's `log_sessions`
// has it, and one for each that fails; and those about a limit that is reached and left. At the
// level debug, or for who watches, each other event has one, too. It has no state, so that one
// serves all workers, each on its thread.
#pragma once

#include "server/insight/log.hpp"
#include "server/insight/session_events.hpp"

namespace server::insight {

class SessionLog final : public SessionSubscriber {
 public:
  explicit SessionLog(Log& log) noexcept : log_(log) {}

 private:
  void refused(ListenerFigures& listener, const streams::Endpoint& peer,
               Refusal refusal) noexcept override;
  void header_refused(const SessionInfo& session, std::string_view what) noexcept override;
  void started(const SessionInfo& session) noexcept override;
  void fault_met(const SessionInfo& session, faults::Action action,
                 std::uint64_t times) noexcept override;
  void first_byte(const SessionInfo& session, Duration after) noexcept override;
  void stalled(const SessionInfo& session) noexcept override;
  void drained(const SessionInfo& session, Duration after) noexcept override;
  void limit_reached(ListenerFigures& listener, Refusal refusal) noexcept override;
  void limit_left(ListenerFigures& listener, Duration after) noexcept override;
  void ended(const SessionEnd& end) noexcept override;
  void failed(ListenerFigures* listener, std::uint64_t id, std::string_view what) noexcept override;

  /// At the level debug, or for who watches.
  void tell(std::string_view event, std::initializer_list<Field> fields) noexcept;

  Log& log_;
};

}  // namespace server::insight
