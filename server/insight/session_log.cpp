#include "server/insight/session_log.hpp"

#include <array>
#include <exception>
#include <string>
#include <system_error>

namespace server::insight {
namespace {

std::string_view word(Cause cause) noexcept {
  switch (cause) {
    case Cause::none: break;
    case Cause::done: return "done";
    case Cause::peer_closed: return "peer-closed";
    case Cause::unacknowledged: return "unacknowledged";
    case Cause::connection_error: return "connection-error";
    case Cause::sent_too_much: return "sent-too-much";
    case Cause::refused: return "refused";
    case Cause::idle: return "idle";
    case Cause::shutdown: return "shutdown";
    case Cause::aborted: return "aborted";
    case Cause::exception: return "exception";
  }
  return "";
}

}  // namespace

void SessionLog::ended(const SessionEnd& end) noexcept try {
  if (!log_.enabled(config::LogLevel::info)) return;
  std::string message;
  std::string_view why = word(end.cause);
  if (end.cause == Cause::connection_error) {
    why = message = end.error.message();
  }
  const std::string peer = end.peer.to_string();
  const std::array fields{Field{"id", end.id},     Field{"listener", end.listener},
                          Field{"peer", peer},     Field{"received", end.received},
                          Field{"sent", end.sent}, Field{"seconds", end.lasted.count()},
                          Field{"end", why}};
  log_.write(Log::Level::info, "session", fields, Log::Limit::sessions);
} catch (const std::exception&) {
  // Out of memory for a log line: the session itself has ended well.
  log_.lose();
}

void SessionLog::failed(std::uint64_t id, std::string_view what) noexcept {
  log_.limited(Log::Level::error, "session-failed", {{"id", id}, {"what", what}});
}

}  // namespace server::insight
