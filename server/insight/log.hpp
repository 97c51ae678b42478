// The daemon's log: events with fields, one line each, as logfmt-like text or JSON. A line goes
// through a bounded queue to a thread of its own, so no loop ever waits for a terminal or a disk; a
// full queue drops the oldest lines and says how many at the end. Whatever peers sent is escaped
// here, in one place. For systemd's journal each line begins with its priority. Any thread may log.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "config/config.hpp"

namespace spdlog {
class async_logger;
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace server::insight {

/// One `name=value` of an event. The name is ours, the value may hold anything.
struct Field {
  std::string_view name;
  std::variant<std::string_view, std::uint64_t, double> value;
};

class Log {
 public:
  using Level = config::LogLevel;

  /// Writes to standard error.
  explicit Log(const config::Log& options);
  /// Writes out what is queued.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool enabled(Level level) const noexcept;
  void set_level(Level level) noexcept;
  /// Loses the line rather than throw when there is no memory for it.
  void write(Level level, std::string_view event, std::span<const Field> fields) noexcept;
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
  config::LogFormat format_;
  bool to_journal_;
  std::shared_ptr<spdlog::details::thread_pool> queue_;  // spdlog's own terms of ownership
  std::shared_ptr<spdlog::async_logger> logger_;
};

}  // namespace server::insight
