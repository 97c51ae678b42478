// Where spdlog leaves the log's lines: a bounded buffer, which a thread of its own writes out, with
// one system call for all that have come meanwhile and a short rest after each. While the output
// takes nothing (a pipe that nobody reads, a full disk) the lines wait; those for which there is no
// room are counted, and the count stands in their place once there is room again. Floods of one
// kind are counted, too, and told by that thread when their second is over.
//
// That thread may be stuck in the kernel for good, so nobody joins it: it owns the sink together
// with the Log. Lines may come from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <spdlog/sinks/base_sink.h>

#include "server/insight/flood_limit.hpp"
#include "server/insight/log_output.hpp"
#include "streams/counter.hpp"

namespace server::insight {

class LogSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// What of lines waits at most, in bytes; as much again may be on its way out.
  static constexpr std::size_t capacity = 1024 * 1024;
  /// Its own lines, without their ends. Called on the writing thread.
  struct Words {
    std::function<std::string(std::uint64_t)> lost;  ///< how many
    std::function<std::string(const FloodLimit::Suppressed&)> suppressed;
  };

  /// Throws std::system_error where there can be no thread.
  static std::shared_ptr<LogSink> open(std::unique_ptr<LogOutput> output, Words words);
  LogSink(std::unique_ptr<LogOutput> output, Words words);

  /// Whether a line of this event is to be made, of which there are at most `most` in a second;
  /// counts it otherwise. `event` is static.
  bool admit(std::string_view event, config::LogLevel level, std::uint64_t most) noexcept;
  /// Counts a line as lost for which there was no memory.
  void lose() noexcept;
  /// How many lines were lost so far, told or not. Any thread.
  std::uint64_t lost() const noexcept { return all_lost_.value(); }
  /// Has everything written that can be within `patience`, and says last how many lines were lost,
  /// if the descriptor takes it. Returns a moment later at most, whatever the descriptor does.
  void finish(std::chrono::milliseconds patience) noexcept;

 private:
  void sink_it_(const spdlog::details::log_msg& line) override;
  void flush_() override {}

  void run() noexcept;
  void await_lines(std::unique_lock<std::mutex>& lock);
  bool has_counts_to_tell() const noexcept;
  void collect(std::string& chunk) noexcept;
  std::size_t write(std::string_view text) noexcept;
  void count_lost() noexcept;
  void lose_record(std::string_view rest) noexcept;
  bool await_room() noexcept;
  bool pause(std::chrono::milliseconds duration) noexcept;
  std::string last_line(const std::string& chunk, std::size_t written) noexcept;

  const std::unique_ptr<LogOutput> output_;
  const Words words_;

  // Under the mutex of base_sink:
  std::string lines_;  // not yet on their way
  FloodLimit floods_;
  std::uint64_t lost_ = 0;  // and not told
  streams::Counter all_lost_;
  std::uint64_t told_ = 0;  // of those that were lost, by the chunk on its way
  bool idle_ = false;       // the thread waits for lines
  bool finishing_ = false;  // no more lines will come
  bool giving_up_ = false;
  bool ended_ = false;
  std::condition_variable lines_came_;
  std::condition_variable state_changed_;
};

}  // namespace server::insight
