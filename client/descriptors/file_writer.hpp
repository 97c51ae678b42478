// FileWriter: writes to a descriptor of any kind, a terminal, a pipe, a file, without blocking its
// loop. Who waits for the write does not take in more, so a slow reader of a pipe holds up its
// writer's source. The loop's thread; outlives its writes.
#pragma once

#include <cstdint>
#include <string_view>
#include <system_error>

#include "client/descriptors/shared_descriptor.hpp"
#include "streams/event_loop.hpp"
#include "streams/executor.hpp"
#include "streams/task.hpp"

namespace client::descriptors {

class FileWriter {
 public:
  /// `fd` stays the caller's and open; `executor` writes what cannot be waited for, and outlives
  /// us. SIGPIPE is the caller's to ignore. Throws std::system_error.
  FileWriter(streams::EventLoop& loop, streams::Executor& executor, int fd);

  /// Writes all of `data`, which outlives the call. The kernel's error, EPIPE when nobody reads any
  /// more, or std::errc::operation_canceled, some of it then unwritten. One write at a time.
  streams::Task<std::error_code> write(std::string_view data);

  std::uint64_t bytes_written() const noexcept { return bytes_written_; }

 private:
  streams::EventLoop& loop_;
  streams::Executor& executor_;
  SharedDescriptor descriptor_;
  std::uint64_t bytes_written_ = 0;
};

}  // namespace client::descriptors
