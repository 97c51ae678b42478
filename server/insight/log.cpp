#include "server/insight/log.hpp"

#include <array>
#include <chrono>
#include <exception>
#include <unistd.h>

#include <spdlog/logger.h>

#include "server/insight/journal.hpp"
#include "server/insight/log_line.hpp"
#include "server/insight/log_sink.hpp"

namespace server::insight {
namespace {

/// At the end, for a standard error that takes nothing.
constexpr std::chrono::milliseconds patience{150};

spdlog::level::level_enum to_spdlog(config::LogLevel level) noexcept {
  switch (level) {
    case config::LogLevel::debug: return spdlog::level::debug;
    case config::LogLevel::info: return spdlog::level::info;
    case config::LogLevel::warning: return spdlog::level::warn;
    case config::LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string line_for(config::LogFormat format, bool to_journal, config::LogLevel level,
                     std::string_view event, std::span<const Field> fields) {
  std::string line = format_line(format, std::chrono::system_clock::now(), level, event, fields);
  if (to_journal) line.insert(0, priority_prefix(level));
  return line;
}

}  // namespace

Log::Log(const config::Log& options)
    : format_(options.format),
      to_journal_(stderr_is_journal()),
      sink_(LogSink::open(STDERR_FILENO,
                          [format = format_, to_journal = to_journal_](std::uint64_t count) {
                            return line_for(format, to_journal, Level::warning, "log-lines-dropped",
                                            std::array{Field{"count", count}});
                          })),
      logger_(std::make_unique<spdlog::logger>("echolined", sink_)) {
  logger_->set_level(to_spdlog(options.level));
}

Log::~Log() { sink_->finish(patience); }

bool Log::enabled(Level level) const noexcept { return logger_->should_log(to_spdlog(level)); }

void Log::set_level(Level level) noexcept { logger_->set_level(to_spdlog(level)); }

void Log::write(Level level, std::string_view event, std::span<const Field> fields) noexcept try {
  if (!enabled(level)) return;
  const std::string line = line_for(format_, to_journal_, level, event, fields);
  logger_->log(to_spdlog(level), spdlog::string_view_t(line));
} catch (const std::exception&) {
  // No memory for a line of the log; what it reports has happened all the same.
  sink_->lose();
}

void Log::lose() noexcept { sink_->lose(); }

}  // namespace server::insight
