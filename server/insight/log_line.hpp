// How an event becomes one line of the log, or one record of systemd's journal. Pure.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "server/insight/log.hpp"

namespace server::insight {

/// One line without its end: `2026-11-21T05:48:29.123Z info event name=value name="two words"`, or
/// the same as a JSON object, which states its schema. No value can end its line, forge an entry or
/// steer a terminal.
std::string format_line(config::LogFormat format, std::chrono::system_clock::time_point when,
                        config::LogLevel level, std::string_view event,
                        std::span<const Field> fields);

/// The same for the journal's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): NAME=value in
/// lines. MESSAGE has what a line has, in JSON all of it, in text without the time and the level,
/// which are the journal's own; each field is one of the record, too: `listener` is
/// ECHOLINE_LISTENER, and `id` ECHOLINE_SESSION. No value holds a line end.
std::string format_record(config::LogFormat format, std::chrono::system_clock::time_point when,
                          config::LogLevel level, std::string_view event,
                          std::span<const Field> fields);

}  // namespace server::insight
