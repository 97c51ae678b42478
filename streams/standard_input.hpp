// StandardInput: descriptor 0, or another that somebody else made, as a stream: a pipe, a terminal,
// a file, /dev/null. asyncio's connect_read_pipe(), which takes no files.
//
//     StandardInput input(loop);
//     for (;;) {
//       const Chunk line = co_await input.reader().readline();
//       if (!line) break;
//       ...
//     }
//
// It takes nothing before it is asked to, so whoever does not read holds up the writer of a pipe;
// what it has taken and nobody has read is lost to those who share the descriptor. The descriptor's
// O_NONBLOCK is left as it is: it belongs to the open file, which the shell and other programs
// have, too. So what cannot be waited for, a file or a disk, is read on a thread, and of the rest
// only what poll(2) says is there: a terminal that another program reads at the same moment can
// hold up the loop.
//
// Pinned in memory. The loop's thread; outlives its reads.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <unistd.h>

#include "streams/event_loop.hpp"
#include "streams/stream_reader.hpp"
#include "streams/transport.hpp"

namespace streams {

/// Whether `fd` is a file or a disk: poll(2) always calls it ready, and it blocks all the same.
bool is_file_or_disk(int fd) noexcept;

class StandardInput final : private Transport {
 public:
  /// `fd` stays the caller's and open. `limit` is the reader's. Throws std::system_error when the
  /// loop cannot watch it or there can be no thread, std::bad_alloc, and std::invalid_argument for
  /// a limit of 0.
  explicit StandardInput(EventLoop& loop, int fd = STDIN_FILENO,
                         std::uint32_t limit = StreamReader::default_limit);
  /// Waits for a read of a file that is under way on its thread.
  ~StandardInput() override;

  /// Reads it; lives as long as this.
  StreamReader& reader() noexcept { return reader_; }

  /// Whether the next read would find something at once, as far as the kernel can tell.
  bool has_more() const noexcept;

 private:
  class File;

  /// There is nobody to write to.
  class NoSender final : public Transport::Sender {
    void ready() noexcept override {}
    void fail(int) noexcept override {}
    void cancel_wait() noexcept override {}
    void send_wire(std::string_view) noexcept override {}
  };

  IoResult receive_unusual(std::span<char> into, IoResult failure) noexcept override;

  const int fd_;
  bool is_watched_ = false;
  std::unique_ptr<File> file_;  // where it is one
  NoSender sender_;
  StreamReader reader_;
};

}  // namespace streams
