// FileReader: reads a descriptor of any kind, a terminal, a pipe, a file, without blocking its
// loop. It takes nothing before it is asked to, so whoever does not read holds up the writer of a
// pipe. The loop's thread; outlives its reads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

#include "client/descriptors/shared_descriptor.hpp"
#include "streams/event_loop.hpp"
#include "streams/executor.hpp"
#include "streams/task.hpp"

namespace client::descriptors {

/// What was read: no error and no data is the end.
struct Piece {
  std::error_code ec;     ///< the kernel's, or std::errc::operation_canceled
  std::string_view data;  ///< valid until the next read
};

class FileReader {
 public:
  static constexpr std::size_t max_piece = 64 * 1024;  ///< bytes

  /// `fd` stays the caller's and open; `executor` reads what cannot be waited for, and outlives us.
  /// Throws std::system_error.
  FileReader(streams::EventLoop& loop, streams::Executor& executor, int fd);

  streams::Task<Piece> read();

  /// Whether the next read would find something at once, as far as the kernel can tell.
  bool has_more() noexcept;

 private:
  streams::EventLoop& loop_;
  streams::Executor& executor_;
  SharedDescriptor descriptor_;
  std::string buffer_;
};

}  // namespace client::descriptors
