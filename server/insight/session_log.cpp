#include "server/insight/session_log.hpp"

#include <array>
#include <exception>
#include <string>
#include <vector>

namespace server::insight {
namespace {

double in_seconds(Duration time) noexcept { return std::chrono::duration<double>(time).count(); }

/// At the level debug there are all of them.
Log::Level level_of(const SessionEnd& end) noexcept {
  using config::LogSessions;
  const bool failed = is_failure(end.cause);
  // Somebody who only looks whether there is a service, such as a health check. Some end with a
  // reset.
  const bool is_silent = (!failed || end.cause == Cause::connection_error) &&
                         end.received == end.header && end.sent == 0 &&
                         (!end.faults || end.faults->met.empty());
  const bool is_wanted = end.log == LogSessions::all || (end.log == LogSessions::failed && failed);
  return is_wanted && !is_silent ? Log::Level::info : Log::Level::debug;
}

}  // namespace

void SessionLog::ended(const SessionEnd& end) noexcept try {
  const Log::Level level = level_of(end);
  if (!log_.enabled(level)) return;
  std::string message;
  std::string_view why = word(end.cause);
  if (end.cause == Cause::connection_error) {
    why = message = end.error.message();
  }
  const std::string peer = end.session.peer.to_string();
  std::vector<Field> fields{
      {"id", end.session.id}, {"listener", end.session.listener.name()}, {"peer", peer}};
  const std::string proxy = end.proxy ? end.proxy->to_string() : std::string();
  if (end.proxy) fields.push_back({"proxy", proxy});
  const std::array<Field, 4> rest{{{"received", end.received},
                                   {"sent", end.sent},
                                   {"seconds", in_seconds(end.lasted)},
                                   {"end", why}}};
  fields.insert(fields.end(), rest.begin(), rest.end());
  if (end.faults) {
    fields.push_back({"seed", end.faults->who.seed});
    fields.push_back({"index", end.faults->who.connection});
    fields.push_back({"source_index", end.faults->who.of_source});
    fields.push_back({"faults", end.faults->met});
  }
  if (end.network) {
    fields.push_back({"rtt_us", static_cast<std::uint64_t>(end.network->rtt.count())});
    fields.push_back({"min_rtt_us", static_cast<std::uint64_t>(end.network->min_rtt.count())});
    fields.push_back({"retransmits", std::uint64_t{end.network->retransmits}});
    fields.push_back({"delivery_rate", end.network->delivery_rate});
  }
  log_.write(level, "session", fields, Log::Limit::sessions);
} catch (const std::exception&) {
  // Out of memory for a log line: the session itself has ended well.
  log_.lose();
}

void SessionLog::failed(ListenerFigures*, std::uint64_t id, std::string_view what) noexcept {
  log_.limited(Log::Level::error, "session-failed", {{"id", id}, {"what", what}});
}

void SessionLog::header_refused(const SessionInfo& session, std::string_view what) noexcept try {
  const std::string peer = session.peer.to_string();
  log_.limited(
      Log::Level::warning, "proxy-header-refused",
      {{"id", session.id}, {"listener", session.listener.name()}, {"peer", peer}, {"what", what}});
} catch (const std::bad_alloc&) {
  log_.lose();
}

void SessionLog::limit_reached(ListenerFigures& listener, Refusal refusal) noexcept {
  log_.limited(Log::Level::warning, "limit-reached",
               {{"listener", listener.name()}, {"what", word(refusal)}});
}

void SessionLog::limit_left(ListenerFigures& listener, Duration after) noexcept {
  log_.limited(Log::Level::info, "limit-left",
               {{"listener", listener.name()}, {"seconds", in_seconds(after)}});
}

void SessionLog::tell(std::string_view event, std::initializer_list<Field> fields) noexcept {
  log_.write(Log::Level::debug, event, std::span(fields.begin(), fields.size()),
             Log::Limit::sessions);
}

void SessionLog::refused(ListenerFigures& listener, const streams::Endpoint& peer,
                         Refusal refusal) noexcept try {
  // Without a place everybody is refused, which has a line when it begins and one when it ends.
  const bool is_debug = is_for_want_of_place(refusal);
  if (!log_.enabled(is_debug ? Log::Level::debug : Log::Level::info)) return;
  const std::string who = peer.to_string();
  const std::array<Field, 3> fields{
      {{"listener", listener.name()}, {"peer", who}, {"what", word(refusal)}}};
  if (is_debug) {
    log_.write(Log::Level::debug, "refused", fields, Log::Limit::sessions);
  } else {
    log_.write(Log::Level::info, "refused", fields, Log::Limit::flood);
  }
} catch (const std::bad_alloc&) {
  log_.lose();
}

void SessionLog::started(const SessionInfo& session) noexcept try {
  if (!log_.enabled(Log::Level::debug)) return;
  const std::string peer = session.peer.to_string();
  tell("admitted", {{"id", session.id}, {"listener", session.listener.name()}, {"peer", peer}});
} catch (const std::bad_alloc&) {
  log_.lose();
}

void SessionLog::fault_met(const SessionInfo& session, faults::Action action,
                           std::uint64_t times) noexcept {
  tell("fault", {{"id", session.id},
                 {"listener", session.listener.name()},
                 {"what", word(action)},
                 {"times", times}});
}

void SessionLog::first_byte(const SessionInfo& session, Duration after) noexcept {
  tell("first-byte", {{"id", session.id}, {"seconds", in_seconds(after)}});
}

void SessionLog::stalled(const SessionInfo& session) noexcept {
  tell("stalled", {{"id", session.id}});
}

void SessionLog::drained(const SessionInfo& session, Duration after) noexcept {
  tell("drained", {{"id", session.id}, {"seconds", in_seconds(after)}});
}

}  // namespace server::insight
