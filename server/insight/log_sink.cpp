#include "server/insight/log_sink.hpp"

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <thread>

namespace server::insight {
namespace {

constexpr std::size_t enough = 32 * 1024;  // bytes, so that a busy log is seen as it goes

/// After each write: waking this thread for every line would cost the loops more than the lines do.
constexpr std::chrono::milliseconds rest{2};

}  // namespace

void LogSink::sink_it_(const spdlog::details::log_msg& line) {
  lines_.append(line.payload.data(), line.payload.size());
  lines_ += '\n';
  if (lines_.size() >= enough || queue_.queue_size() == 0) flush_();
}

void LogSink::flush_() {
  if (lines_.empty()) return;
  // Standard error is not buffered; where it fails there is nobody left to tell.
  static_cast<void>(std::fwrite(lines_.data(), 1, lines_.size(), stderr));
  lines_.clear();
  std::this_thread::sleep_for(rest);
}

}  // namespace server::insight
