// Where spdlog leaves the log's lines: a bounded buffer, which a thread of its own writes out, with
// one write(2) for all that have come meanwhile and a short rest after each. While the descriptor
// takes nothing (a pipe that nobody reads, a full disk) the lines wait; those for which there is no
// room are counted, and the count stands in their place once there is room again.
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

namespace server::insight {

class LogSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// What of lines waits at most, in bytes; as much again may be on its way out.
  static constexpr std::size_t capacity = 1024 * 1024;
  /// The line, without its end, that says how many were lost. Called on the writing thread.
  using LossLine = std::function<std::string(std::uint64_t)>;

  /// Writes to `fd`, which stays open and as it is, also in O_NONBLOCK. Throws std::system_error
  /// where there can be no thread.
  static std::shared_ptr<LogSink> open(int fd, LossLine loss_line);
  LogSink(int fd, LossLine loss_line);

  /// Counts a line as lost for which there was no memory.
  void lose() noexcept;
  /// Has everything written that can be within `patience`, and says last how many lines were lost,
  /// if the descriptor takes it. Returns a moment later at most, whatever the descriptor does.
  void finish(std::chrono::milliseconds patience) noexcept;

 private:
  void sink_it_(const spdlog::details::log_msg& line) override;
  void flush_() override {}

  void run() noexcept;
  void collect(std::string& chunk) noexcept;
  std::size_t write(std::string_view text) noexcept;
  bool await_room() noexcept;
  bool pause(std::chrono::milliseconds duration) noexcept;
  std::string last_line(const std::string& chunk, std::size_t written) noexcept;

  const int fd_;
  const bool is_file_;  // which always takes all it is given, or fails
  const LossLine loss_line_;

  // Under the mutex of base_sink:
  std::string lines_;  // not yet on their way
  std::uint64_t lost_ = 0;
  std::uint64_t told_ = 0;  // of those that were lost, by the chunk on its way
  bool idle_ = false;       // the thread waits for lines
  bool finishing_ = false;  // no more lines will come
  bool giving_up_ = false;
  bool ended_ = false;
  std::condition_variable lines_came_;
  std::condition_variable state_changed_;
};

}  // namespace server::insight
