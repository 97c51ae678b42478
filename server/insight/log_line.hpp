// How an event becomes one line of the log. Pure.
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

}  // namespace server::insight
