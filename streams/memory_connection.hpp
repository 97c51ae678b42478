// MemoryConnection: a Connection without a socket. Its reader and its writer are those of any
// other, for a handler that serves them; what they read and where it goes is up to the far side,
// whoever made it:
//
//     far side ── feed() ──────────────► reader() ─► handler
//     far side ◄─ output(), consume() ── writer() ◄─┘
//
// Nothing is buffered but what the reader and the writer buffer themselves: one piece is fed at a
// time and stays the feeder's, and the output lies in the writer until it is consumed. So both
// sides hold each other up: a handler that does not read has its far side wait, and one that writes
// waits in drain() for a far side that consumes nothing.
//
// It has no socket to close: wait_closed() is done at once. Pinned in memory. The loop's thread
// only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "streams/connection.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/stream_writer.hpp"

namespace streams {

class MemoryConnection final : private Connection {
 public:
  /// The far side, told when it can go on. It does so in a turn of its own: it neither feeds nor
  /// consumes from within the call.
  class FarSide {
   public:
    /// All that was fed has been read.
    virtual void on_room() noexcept = 0;
    /// There is output where there was none, or the output has ended.
    virtual void on_output() noexcept = 0;

   protected:
    ~FarSide() = default;
  };

  /// In the place of `outer`, whose names it has, or of none. `far` and `outer` outlive it. Throws
  /// std::bad_alloc, and std::invalid_argument for a limit of 0.
  MemoryConnection(EventLoop& loop, FarSide& far, const StreamWriter* outer = nullptr,
                   const StreamOptions& options = {});
  ~MemoryConnection() override;

  using Connection::reader;
  using Connection::writer;

  /// Whether all that was fed has been read, and more can be.
  bool has_room() const noexcept { return input_.empty(); }
  /// The next bytes of the input, where there is room; they stay where they are until there is room
  /// again, or fail().
  void feed(std::string_view bytes) noexcept;
  /// The peer's FIN, behind what was fed.
  void feed_eof() noexcept;
  /// The reader's feed_eof(), for a shutdown, of which a handler that does not read learns at once,
  /// while the input goes on until end_input().
  void begin_end_of_input() noexcept;
  /// There is no more of it.
  void end_input() noexcept;
  /// The connection is broken: `error` is an errno value.
  void fail(int error) noexcept;

  /// What was written and not consumed; valid until the next write() or consume().
  std::string_view output() const noexcept { return writer().buffer_.data(); }
  /// The first `size` bytes of it are with the far side, for good.
  void consume(std::size_t size) noexcept;
  /// Whether nothing is left of the output, and nothing can follow.
  bool output_has_ended() const noexcept { return writer().shut_ && output().empty(); }

  /// Who is connected to the other connection, be it a proxy.
  Endpoint peername() const noexcept override;
  /// That connection's end here.
  Endpoint sockname() const noexcept override;

 private:
  IoResult receive_unusual(std::span<char> into, IoResult failure) noexcept override;
  IoResult send_unusual(std::string_view bytes, IoResult failure) noexcept override;
  void shutdown_unusual() noexcept override { far_.on_output(); }
  void wake_reader() noexcept;

  enum class End : std::uint8_t {
    none,
    fin,     // after what was fed
    begun,   // the reader knows, and there may be more
    reached  // likewise, and there is no more
  };

  FarSide& far_;
  const StreamWriter* const outer_;
  std::string_view input_;
  End end_ = End::none;
};

}  // namespace streams
