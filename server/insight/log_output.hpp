// Where the log's records go: standard error, a line each, or systemd's journal, a datagram each
// with fields of its own. Used by the log's thread alone; nothing here waits.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "streams/unique_fd.hpp"

namespace server::insight {

class LogOutput {
 public:
  LogOutput() = default;
  LogOutput(const LogOutput&) = delete;
  LogOutput& operator=(const LogOutput&) = delete;
  virtual ~LogOutput() = default;

  /// What a record ends with in a buffer of several; nothing else in it does.
  virtual std::string_view record_end() const noexcept = 0;
  /// For poll(2); -1 for one that always takes what it is given, or fails.
  virtual int descriptor() const noexcept = 0;
  /// Writes the front of `records`. Returns how many bytes of it are done with, or -1 with errno:
  /// EAGAIN for no room, EMSGSIZE for a first record that can never be written. After poll(2) it
  /// does not block.
  virtual std::int64_t write(std::string_view records) noexcept = 0;

  /// How many records end in `records`.
  std::uint64_t count(std::string_view records) const noexcept;
};

/// Lines to `fd`, which stays open and as it is, also in O_NONBLOCK.
std::unique_ptr<LogOutput> open_stream(int fd);

/// Records to the socket of systemd's journal, in its native protocol: lines of NAME=value, and an
/// empty one at the end. Many of them go in one system call. Null where there is no such socket.
std::unique_ptr<LogOutput> open_journal(
    const std::string& path = "/run/systemd/journal/socket") noexcept;

}  // namespace server::insight
