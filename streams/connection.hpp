// A Connection: one socket with its reader and its writer, the pair that asyncio's
// open_connection() returns and start_server() hands to its callback. Pinned in memory, because the
// loop's readiness set knows it by address: a local of the coroutine that serves it, or owned by a
// unique_ptr. The loop's thread only.
#pragma once

#include <cstdint>
#include <utility>

#include "streams/endpoint.hpp"
#include "streams/stream_reader.hpp"
#include "streams/stream_writer.hpp"
#include "streams/transport.hpp"
#include "streams/unique_fd.hpp"

namespace streams {

struct StreamOptions {
  std::uint32_t limit = StreamReader::default_limit;  ///< for readline() and readuntil(), bytes
  WaterMarks marks;
};

class Connection {
 public:
  /// Takes over `fd`, a connected non-blocking socket. Throws std::system_error when the loop
  /// cannot watch it.
  Connection(EventLoop& loop, UniqueFd fd, const Endpoint& peer, StreamOptions options = {})
      : transport_(loop, std::move(fd)),
        reader_(transport_, options.limit),
        writer_(transport_, reader_, peer, options.marks) {}

  StreamReader& reader() noexcept { return reader_; }
  StreamWriter& writer() noexcept { return writer_; }
  const Transport& transport() const noexcept { return transport_; }

 private:
  Transport transport_;
  StreamReader reader_;
  StreamWriter writer_;
};

}  // namespace streams
