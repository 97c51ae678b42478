// Why a session ended, and why a connection was refused, with the words that the log and the labels
// of a scrape have for it. Values, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace server::insight {

/// Why a session ended: of its own accord, by the peer, or by the server.
enum class Cause : std::uint8_t {
  none,
  done,
  peer_closed,
  unacknowledged,  ///< closed while the peer had not taken everything: the kernel goes on with it
  connection_error,
  sent_too_much,  ///< after the end, and was reset
  refused,
  bad_proxy_header,  ///< what a proxy sent first is none
  no_proxy_header,   ///< none came in time, or not all of it
  idle,
  first_byte_timeout,  ///< the client said nothing
  line_timeout,        ///< or did not end a line
  drain_timeout,       ///< it took nothing of what was unsent, and was reset
  min_close_rate,      ///< or too little of it once the session was to end
  max_session_time,
  max_memory,  ///< all buffers took too much, and it was among those who took most
  shutdown,
  closed,  ///< by order of whoever administers the daemon
  aborted,
  fault,  ///< one of its own, a fin or a reset, which its listener or its client has asked for
  exception
};

/// The words for the enumerators, in their order; those of a limit are its key's.
inline constexpr std::array<std::string_view, 21> cause_words{"",
                                                              "done",
                                                              "peer-closed",
                                                              "unacknowledged",
                                                              "connection-error",
                                                              "sent-too-much",
                                                              "refused",
                                                              "bad-proxy-header",
                                                              "no-proxy-header",
                                                              "idle",
                                                              "first-byte-timeout",
                                                              "line-timeout",
                                                              "drain-timeout",
                                                              "min-close-rate",
                                                              "max-session-time",
                                                              "max-memory",
                                                              "shutdown",
                                                              "closed-by-order",
                                                              "aborted",
                                                              "fault",
                                                              "exception"};

constexpr std::string_view word(Cause cause) noexcept {
  return cause_words[static_cast<std::size_t>(cause)];
}

/// Whether nothing out of line has happened: the session goes on, or has ended by itself. Any other
/// cause replaces these.
constexpr bool is_ordinary(Cause cause) noexcept {
  return cause == Cause::none || cause == Cause::done || cause == Cause::peer_closed;
}

/// Whether the server has asked for the end and lets it come gracefully. A reset is another cause.
constexpr bool is_graceful(Cause cause) noexcept {
  return cause == Cause::shutdown || cause == Cause::closed;
}

/// Whether a time in [limits] was over.
constexpr bool is_timeout(Cause cause) noexcept {
  return cause >= Cause::idle && cause <= Cause::max_session_time;
}

/// Whether the server has ended it because of [limits].
constexpr bool is_limit(Cause cause) noexcept {
  return is_timeout(cause) || cause == Cause::max_memory;
}

/// Whether something cut the session short.
constexpr bool is_failure(Cause cause) noexcept {
  return !is_ordinary(cause) && !is_graceful(cause) && cause != Cause::idle;
}

/// Why a connection was refused.
enum class Refusal : std::uint8_t {
  server_full,
  listener_full,
  // By [access]:
  denied,       ///< by the lists
  source_full,  ///< its source has as many as it may
  source_rate,  ///< its source makes new ones too fast
  rate,         ///< all together do
  not_a_proxy   ///< the listener is for proxies, and this is none
};

inline constexpr std::array<std::string_view, 7> refusal_words{
    "server-full", "listener-full", "denied", "source-full", "source-rate", "rate", "not-a-proxy"};

constexpr std::string_view word(Refusal refusal) noexcept {
  return refusal_words[static_cast<std::size_t>(refusal)];
}

/// Whether there was no place, of which the log has other lines.
constexpr bool is_for_want_of_place(Refusal refusal) noexcept {
  return refusal == Refusal::server_full || refusal == Refusal::listener_full;
}

}  // namespace server::insight
