// A Connection: one socket with its reader and its writer, the pair that asyncio's
// open_connection() returns and start_server() hands to its callback, and the way it ends. Pinned
// in memory, because the loop's readiness set knows it by address: a local of the coroutine that
// serves it, a member of something pinned, or owned by a unique_ptr. The loop's thread only.
#pragma once

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "streams/closing.hpp"
#include "streams/connection_state.hpp"
#include "streams/endpoint.hpp"
#include "streams/stream_reader.hpp"
#include "streams/stream_writer.hpp"
#include "streams/task.hpp"
#include "streams/transport.hpp"
#include "streams/unique_fd.hpp"

namespace streams {

/// What a connection's streams are made with.
struct StreamOptions {
  constexpr StreamOptions() = default;
  /// The limit and the marks, with the usual close_timeout.
  constexpr StreamOptions(std::uint32_t most, WaterMarks water) : limit(most), marks(water) {}
  std::uint32_t limit = StreamReader::default_limit;  ///< for readline() and readuntil(), bytes
  /// For drain().
  WaterMarks marks = {};
  /// How long wait_closed() waits for a peer of which nothing is seen. At most 49 days.
  std::chrono::milliseconds close_timeout{5000};
  /// Where its bytes are counted; nullptr is the loop's. Outlives the connection.
  Traffic* traffic = nullptr;
  /// Whether it has buffers, and reads, where the budget of the loop's is exhausted by others.
  bool exempt_from_budget = false;
};

class Connection : protected Transport {
 public:
  /// Takes over `fd`, a connected non-blocking socket. Throws std::system_error when the loop
  /// cannot watch it, std::bad_alloc, or std::invalid_argument for a limit of 0.
  Connection(EventLoop& loop, UniqueFd fd, const Endpoint& peer, StreamOptions options = {})
      : Transport(loop, std::move(fd), peer.family(), options.traffic),
        reader_(*this, options.limit),
        close_timeout_(static_cast<std::uint32_t>(options.close_timeout.count())),
        writer_(*this, *this, peer, options.marks) {
    attach(reader_, writer_);
    if (options.exempt_from_budget) exempt_from_budget();
  }

  /// Goes on with a connection from where release() left it, here or in another process; of
  /// `options` what that one had. Until the loop's next look at it, nothing is done to the socket,
  /// not even where this throws: whoever gave it may take it back and go on. A closing begins its
  /// patience anew, in another wait_closed(). Throws std::system_error or std::bad_alloc.
  Connection(EventLoop& loop, const ConnectionState& state, UniqueFd fd,
             StreamOptions options = {});

  /// What another Connection needs besides the socket to go on with this one; its views hold until
  /// the next turn. Nothing where there is no going on: it is broken or closed, or feed_eof() has
  /// ended its input.
  std::optional<ConnectionState> state() const noexcept;
  /// Appends what the reader's filter needs to go on elsewhere, where there is one. Throws
  /// std::bad_alloc.
  void save_filter(std::string& state) const {
    if (reader_.is(StreamReader::filtering)) reader_.filter_->save(state);
  }
  /// Gives the socket away, out of the loop's set and with all that the kernel holds; none where it
  /// was closed. Who is to go on with it takes state() first. Here it is as after abort(), but that
  /// the peer sees nothing of it: what was unread and unsent is dropped, and who waits gets
  /// ECONNABORTED.
  UniqueFd release() noexcept { return Transport::release(); }

  /// Its reading half; lives as long as this.
  StreamReader& reader() noexcept { return reader_; }
  /// The same.
  const StreamReader& reader() const noexcept { return reader_; }
  /// Its writing half; lives as long as this.
  StreamWriter& writer() noexcept { return writer_; }
  /// The same.
  const StreamWriter& writer() const noexcept { return writer_; }
  /// The socket below, for what it has counted and what the kernel knows.
  const Transport& transport() const noexcept { return *this; }

  /// One byte as urgent data, MSG_OOB of tcp(7), behind all that was written: 0, or an errno value,
  /// EAGAIN as long as something is unsent or the kernel has no room.
  int send_urgent(char byte) noexcept {
    return writer_.pending() != 0 ? EAGAIN : Transport::send_urgent(byte).error();
  }

  /// Whether it is open and nothing is on its way in either direction: nothing unread, nothing
  /// unsent, and nothing that the peer's kernel has not acknowledged. Two system calls at most.
  bool is_idle() const noexcept;

  /// What wait_closed() waits for before it closes the socket.
  enum class WaitFor : std::uint8_t {
    fin,   ///< the peer's FIN
    quiet  ///< or a while without a byte, where is_idle() held: see wait_closed()
  };

  /// After writer().close(), else Misuse: completes once all that was written is with the kernel,
  /// the peer has sent its FIN, and the socket is closed. What the peer still sends is dropped, at
  /// most `max_discarded` bytes. Of one that sends more nothing is read until it ends; where the
  /// patience ends first it is reset, Error::limit_overrun, with what its kernel has acknowledged.
  ///
  /// The patience, close_timeout, counts from the last progress: a byte or the FIN that the peer's
  /// kernel acknowledged, or one that came. A peer that has no room, as its kernel says or as on
  /// AF_UNIX ours does, reads slowly or never: it has Closing::slow_reader times as long for each
  /// byte. When the patience ends the socket is closed:
  ///
  ///     with the peer's kernel     result                   the peer
  ///     all, our FIN too           none                     has all
  ///     not all, ours has it       Error::unacknowledged    still gets it, if it reads
  ///     not all, some is here      std::errc::timed_out     is reset, for what is cut short must
  ///                                                         not look complete
  ///
  /// The end of all patience is writer().abort(), by whoever has it.
  ///
  /// WaitFor::quiet does not wait for the peer's FIN: once its kernel has acknowledged ours, 50 ms
  /// or four round trips without a byte are enough, and ten times as long whatever it sends.
  ///
  /// Any number of tasks may wait; the first says what for, and the others have
  /// std::errc::timed_out for Error::unacknowledged. The error of a connection that broke.
  /// Cancelled: std::errc::operation_canceled, and when it was the first the connection is reset.
  /// Throws std::bad_alloc, and resets it then.
  Task<std::error_code> wait_closed(
      WaitFor what = WaitFor::fin,
      std::optional<std::chrono::milliseconds> close_timeout = std::nullopt);
  /// A wait_closed() that waits for the peer's FIN goes on, from its next look at the socket, as
  /// one of WaitFor::quiet. For a shutdown. Nothing where there is no such wait.
  void stop_waiting_for_fin() noexcept { stops_waiting_for_fin_ = true; }
  static constexpr std::size_t max_discarded = std::size_t{64} << 20;  ///< bytes

 protected:
  /// Without a socket; it is never open.
  Connection(EventLoop& loop, const Endpoint& peer, const StreamOptions& options)
      : Transport(loop),
        reader_(*this, options.limit),
        close_timeout_(static_cast<std::uint32_t>(options.close_timeout.count())),
        writer_(*this, *this, peer, options.marks) {
    attach(reader_, writer_);
  }

 private:
  friend class StreamWriter;
  class ClosingDriver;

  void stop_reading() noexcept { reader_.stop(); }
  Closing::Duration quiet() const;

  // There is one for each connection, idle ones too: what is only needed at the end lies in the
  // padding behind the reader.
  [[no_unique_address]] StreamReader reader_;
  bool is_waiting_closed_ : 1 = false;      // a wait_closed() drives the closing
  bool stops_waiting_for_fin_ : 1 = false;  // and need not wait for the peer's FIN
  std::uint32_t close_timeout_;             // milliseconds
  StreamWriter writer_;
};

}  // namespace streams
