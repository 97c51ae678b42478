// What systemd's journal wants of a service that logs to standard error. Pure but for fstat(2), any
// thread.
#pragma once

#include <string_view>

#include "config/config.hpp"

namespace server::insight {

/// Whether `fd` is the stream that `journal_stream`, the value of $JOURNAL_STREAM, tells of:
/// DEVICE:INODE in decimal (systemd.exec(5)). A service that sends its standard error elsewhere
/// inherits the variable all the same.
bool is_journal(int fd, std::string_view journal_stream) noexcept;

/// The same of standard error, as the environment has it.
bool stderr_is_journal() noexcept;

/// Syslog's priority, "3" to "7" (syslog(3)).
std::string_view priority(config::LogLevel level) noexcept;
/// What a line on the journal's stream begins with, "<3>" to "<7>" (sd-daemon(3)).
std::string_view priority_prefix(config::LogLevel level) noexcept;

}  // namespace server::insight
