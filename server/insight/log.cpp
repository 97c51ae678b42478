#include "server/insight/log.hpp"

#include <chrono>
#include <cstddef>
#include <exception>

#include <spdlog/async.h>
#include <spdlog/async_logger.h>

#include "server/insight/journal.hpp"
#include "server/insight/log_line.hpp"
#include "server/insight/log_sink.hpp"

namespace server::insight {
namespace {

constexpr std::size_t queue_size = 8192;  // lines

spdlog::level::level_enum to_spdlog(config::LogLevel level) noexcept {
  switch (level) {
    case config::LogLevel::debug: return spdlog::level::debug;
    case config::LogLevel::info: return spdlog::level::info;
    case config::LogLevel::warning: return spdlog::level::warn;
    case config::LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

Log::Log(const config::Log& options)
    : format_(options.format),
      to_journal_(stderr_is_journal()),
      queue_(std::make_shared<spdlog::details::thread_pool>(queue_size, 1)),
      logger_(std::make_shared<spdlog::async_logger>(
          "echolined", std::make_shared<LogSink>(*queue_), queue_,
          spdlog::async_overflow_policy::overrun_oldest)) {
  logger_->set_level(to_spdlog(options.level));
}

Log::~Log() {
  if (const std::size_t dropped = queue_->overrun_counter(); dropped != 0) {
    warning("log-lines-dropped", {{"count", std::uint64_t{dropped}}});
  }
  // Takes what is queued to the sink and joins the writing thread, which then cannot be the one
  // that lets go of the logger last.
  queue_.reset();
  for (const spdlog::sink_ptr& sink : logger_->sinks()) sink->flush();
}

bool Log::enabled(Level level) const noexcept { return logger_->should_log(to_spdlog(level)); }

void Log::set_level(Level level) noexcept { logger_->set_level(to_spdlog(level)); }

void Log::write(Level level, std::string_view event, std::span<const Field> fields) noexcept try {
  if (!enabled(level)) return;
  std::string line = format_line(format_, std::chrono::system_clock::now(), level, event, fields);
  if (to_journal_) line.insert(0, priority_prefix(level));
  logger_->log(to_spdlog(level), spdlog::string_view_t(line));
} catch (const std::exception&) {
  // No memory for a line of the log; what it reports has happened all the same.
}

}  // namespace server::insight
