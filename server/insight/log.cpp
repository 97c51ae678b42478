#include "server/insight/log.hpp"

#include <array>
#include <chrono>
#include <exception>
#include <unistd.h>
#include <utility>

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

constexpr std::uint64_t most_of_a_flood = 10;
constexpr std::uint64_t most_sessions_in_journal = 200;

std::string compose(LogForm form, config::LogFormat format, config::LogLevel level,
                    std::string_view event, std::span<const Field> fields) {
  const auto now = std::chrono::system_clock::now();
  if (form == LogForm::journal) return format_record(format, now, level, event, fields);
  std::string line = format_line(format, now, level, event, fields);
  if (form == LogForm::journal_stream) line.insert(0, priority_prefix(level));
  return line;
}

LogSink::Words words(LogForm form, config::LogFormat format) {
  LogSink::Words words;
  words.lost = [form, format](std::uint64_t count) {
    return compose(form, format, config::LogLevel::warning, "log-lines-dropped",
                   std::array{Field{"count", count}});
  };
  words.suppressed = [form, format](const FloodLimit::Suppressed& of) {
    return compose(form, format, of.level, of.event, std::array{Field{"suppressed", of.count}});
  };
  return words;
}

}  // namespace

Log::Log(const config::Log& options) : format_(options.format) {
  std::unique_ptr<LogOutput> output;
  if (stderr_is_journal()) {
    output = open_journal();
    form_ = output ? LogForm::journal : LogForm::journal_stream;
  }
  if (!output) output = open_stream(STDERR_FILENO);
  sink_ = LogSink::open(std::move(output), words(form_, format_));
  logger_ = std::make_unique<spdlog::logger>("echolined", sink_);
  logger_->set_level(to_spdlog(options.level));
}

Log::~Log() { sink_->finish(patience); }

bool Log::logs(Level level) const noexcept { return logger_->should_log(to_spdlog(level)); }

Log::Level Log::level() const noexcept {
  for (const Level level : {Level::debug, Level::info, Level::warning}) {
    if (logs(level)) return level;
  }
  return Level::error;
}

void Log::set_level(Level level) noexcept { logger_->set_level(to_spdlog(level)); }

bool Log::admit(Level level, std::string_view event, Limit limit) noexcept {
  if (limit == Limit::none || (limit == Limit::sessions && form_ == LogForm::stream)) return true;
  return sink_->admit(event, level,
                      limit == Limit::flood ? most_of_a_flood : most_sessions_in_journal);
}

void Log::write(Level level, std::string_view event, std::span<const Field> fields,
                Limit limit) noexcept {
  if (feed_.is_watched()) feed(level, event, fields);
  if (logs(level) && admit(level, event, limit)) put(level, event, fields);
}

void Log::feed(Level level, std::string_view event, std::span<const Field> fields) noexcept try {
  const auto now = std::chrono::system_clock::now();
  feed_.publish(format_line(config::LogFormat::text, now, level, event, fields));
} catch (const std::exception&) {
  // No memory for a line that somebody watches for.
}

void Log::answer(std::string_view event, std::span<const Field> fields) noexcept {
  put(Level::info, event, fields);
}

void Log::put(Level level, std::string_view event, std::span<const Field> fields) noexcept try {
  const std::string line = compose(form_, format_, level, event, fields);
  sink_->log(spdlog::details::log_msg(logger_->name(), to_spdlog(level), line));
} catch (const std::exception&) {
  // No memory for a line of the log; what it reports has happened all the same.
  sink_->lose();
}

void Log::lose() noexcept { sink_->lose(); }

std::uint64_t Log::lost() const noexcept { return sink_->lost(); }

}  // namespace server::insight
