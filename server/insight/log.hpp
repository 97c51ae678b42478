// The daemon's log: events with fields, one line each, as logfmt-like text or JSON. A line goes
// through a bounded buffer to a thread of its own, so neither a loop nor the end of the daemon ever
// waits for a terminal or a disk; lines that find the buffer full are lost, and the log says how
// many. Whatever peers sent is escaped here, in one place. Where standard error is systemd's
// journal, events go to it with their fields, or, if its socket cannot be had, as lines that begin
// with their priority. Of each kind of event ten lines a second are written, then how many were
// `suppressed`; lines of sessions are exempt, up to 200 a second in the journal. Any thread may
// log.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "config/config.hpp"
#include "server/insight/event_feed.hpp"

namespace spdlog {
class logger;
}

namespace server::insight {

class LogSink;

/// One `name=value` of an event. The name is ours, the value may hold anything.
struct Field {
  std::string_view name;
  std::variant<std::string_view, std::uint64_t, double> value;
};

enum class LogForm : std::uint8_t {
  stream,          ///< lines
  journal_stream,  ///< lines that begin with their priority
  journal          ///< records
};

class Log {
 public:
  using Level = config::LogLevel;

  /// Lines of one event in a second.
  enum class Limit : std::uint8_t {
    none,     ///< what the operator causes
    flood,    ///< 10
    sessions  ///< 200 in the journal, which drops a service's lines above a limit of its own, and
              ///< with them those that matter; else none
  };

  /// Writes to standard error. Throws std::system_error where there can be no thread for it.
  explicit Log(const config::Log& options);
  /// Writes out what is left, as far as standard error takes it within a moment.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Whether somebody hears of it: the log, or who watches the feed.
  bool enabled(Level level) const noexcept { return logs(level) || feed_.is_watched(); }
  /// All events, of each level, flood or not.
  EventFeed& feed() noexcept { return feed_; }
  Level level() const noexcept;
  void set_level(Level level) noexcept;
  /// `event` is static. Loses the line, and counts it, rather than throw when there is no memory
  /// for it.
  void write(Level level, std::string_view event, std::span<const Field> fields,
             Limit limit = Limit::none) noexcept;
  /// What somebody has asked for: a line of Level::info, whatever is enabled.
  void answer(std::string_view event, std::span<const Field> fields) noexcept;
  /// Counts a line as lost for which there was no memory, or for a part of it.
  void lose() noexcept;
  /// How many were lost so far. Any thread.
  std::uint64_t lost() const noexcept;
  /// For what can come in any number: Limit::flood.
  void limited(Level level, std::string_view event, std::initializer_list<Field> fields) noexcept {
    write(level, event, std::span(fields.begin(), fields.size()), Limit::flood);
  }
  void debug(std::string_view event, std::initializer_list<Field> fields = {}) noexcept {
    write(Level::debug, event, std::span(fields.begin(), fields.size()));
  }
  void info(std::string_view event, std::initializer_list<Field> fields = {}) noexcept {
    write(Level::info, event, std::span(fields.begin(), fields.size()));
  }
  void warning(std::string_view event, std::initializer_list<Field> fields = {}) noexcept {
    write(Level::warning, event, std::span(fields.begin(), fields.size()));
  }
  void error(std::string_view event, std::initializer_list<Field> fields = {}) noexcept {
    write(Level::error, event, std::span(fields.begin(), fields.size()));
  }

 private:
  bool logs(Level level) const noexcept;
  void feed(Level level, std::string_view event, std::span<const Field> fields) noexcept;
  void put(Level level, std::string_view event, std::span<const Field> fields) noexcept;
  bool admit(Level level, std::string_view event, Limit limit) noexcept;

  EventFeed feed_;
  config::LogFormat format_;
  LogForm form_ = LogForm::stream;
  std::shared_ptr<LogSink> sink_;  // spdlog's own terms of ownership
  std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace server::insight
