// Where spdlog's thread leaves the log's lines: standard error, with one write(2) for all that have
// come meanwhile, and a short rest after each. That thread's only, and its owner's to flush once it
// has been joined; the queue that the lines come from outlives the thread.
#pragma once

#include <string>

#include <spdlog/async.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

namespace server::insight {

class LogSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit LogSink(spdlog::details::thread_pool& queue) noexcept : queue_(queue) {}

 private:
  void sink_it_(const spdlog::details::log_msg& line) override;
  void flush_() override;

  spdlog::details::thread_pool& queue_;
  std::string lines_;  // not yet written
};

}  // namespace server::insight
