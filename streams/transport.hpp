// A Transport, asyncio's word, owns one connected, non-blocking stream socket and knows whether it
// is worth trying to read or write. The stream above it is told when that changes. Driven by its
// loop's readiness set, on the loop's thread; destroying it closes the socket. Some that derive
// from it have no socket, and something else to read (standard_input.hpp) or to write to
// (memory_connection.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <sys/socket.h>
#include <sys/types.h>

#include "streams/buffer.hpp"
#include "streams/cancellation.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/readiness.hpp"
#include "streams/system_call.hpp"
#include "streams/tcp_info.hpp"
#include "streams/unique_fd.hpp"

namespace streams {

/// Outcome of one system call: bytes moved, or why none were. One word, as the kernel returns it.
class IoResult {
 public:
  explicit IoResult(ssize_t returned) noexcept : value_(returned) {}
  static IoResult failed(int error) noexcept { return IoResult(-error); }

  /// Bytes; negative when it failed.
  ssize_t size() const noexcept { return value_; }
  /// An errno value; 0 when it did not fail. EAGAIN means try again once the socket is ready.
  int error() const noexcept { return value_ < 0 ? static_cast<int>(-value_) : 0; }

 private:
  ssize_t value_;
};

class Transport : protected ReadinessSet::Handler {
 public:
  /// The reading or the writing half of a stream. It waits in a scope on behalf of its awaiter.
  class Half : public Cancellable {
   public:
    /// The socket is worth trying again. May destroy the transport.
    virtual void ready() noexcept = 0;
    /// The connection is broken: `error` is an errno value. Nothing of it moves any more.
    virtual void fail(int error) noexcept = 0;

   protected:
    ~Half() = default;
  };
  /// The writing half, which also sends what a filter of the reading half answers the peer.
  class Sender : public Half {
   public:
    virtual void send_wire(std::string_view bytes) noexcept = 0;

   protected:
    ~Sender() = default;
  };

  /// Takes over `fd`, a connected non-blocking socket; `family` is its AF_, or AF_UNSPEC where the
  /// caller does not know. Counts its bytes in `traffic`, which outlives it, or in the loop's.
  /// Throws std::system_error or std::bad_alloc when the loop cannot watch it.
  Transport(EventLoop& loop, UniqueFd fd, sa_family_t family = AF_UNSPEC,
            Traffic* traffic = nullptr);
  virtual ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// The reading and the writing half, each told on the edge that concerns it. Both outlive us or
  /// are never told again once the transport is closed.
  void attach(Half& reader, Sender& writer) noexcept {
    reading_half_ = &reader;
    writing_half_ = &writer;
  }

  /// recv(2). A size of 0 is the peer's FIN. Fails with ECONNABORTED once closed here. EINTR is
  /// EAGAIN, with the socket still ready; so is out of memory, with the socket ready after a pause.
  IoResult receive(std::span<char> into) noexcept;
  /// send(2) without SIGPIPE. May send less than asked; fails as receive() does.
  IoResult send(std::string_view bytes) noexcept;
  /// The same of one byte as urgent data, MSG_OOB of tcp(7).
  IoResult send_urgent(char byte) noexcept;
  /// FIN to the peer. What was sent before still arrives; reading goes on.
  void shutdown_send() noexcept;
  /// Tells both halves that the connection is broken. The socket stays, to be reset by abort().
  void fail(int error) noexcept;
  /// Closes the socket. For the end of a stream, when nobody waits any more.
  void close() noexcept;
  /// Closes the socket, drops what the kernel still holds and sends the peer RST. Both halves are
  /// told soon and find ECONNABORTED.
  void abort() noexcept;

  void send_wire(std::string_view bytes) noexcept { writing_half_->send_wire(bytes); }

  /// Takes the socket out of the loop's set and leaves it to the caller, with all that the kernel
  /// holds; none where it was closed. Both halves are told soon and find ECONNABORTED.
  UniqueFd release() noexcept;

  bool is_open() const noexcept { return static_cast<bool>(fd_); }
  /// The socket, which stays ours; -1 for none.
  int fd() const noexcept { return fd_.get(); }
  /// Whether it was made for a Unix socket, whose other end is on this host.
  bool is_unix() const noexcept { return is_unix_; }
  bool readable() const noexcept { return reader_.ready; }
  bool writable() const noexcept { return writer_.ready; }
  /// How much it is in want of a buffer where there is none in the pool: whether the budget
  /// matters.
  Buffer::Want want() const noexcept {
    return is_exempt_ ? Buffer::Want::regardless : Buffer::Want::needs;
  }
  /// Nothing is received for a while, then the reading half is told to try again.
  void pause_reading() noexcept { pause(reader_); }
  /// After this the next receive() is tried even where the last one came back short.
  void assume_readable() noexcept { reader_.ready = true; }
  /// The same for send(): the kernel has room long before it says so with an edge.
  void assume_writable() noexcept { writer_.ready = true; }

  /// A turn that moved this many bytes is over: the stream yields, so that a connection that is
  /// always ready does not starve the others on its loop.
  static constexpr std::size_t bytes_per_turn = 256 * 1024;
  bool turn_is_over() const noexcept { return turn_bytes_ >= bytes_per_turn; }
  /// Tells the reading or the writing half in a turn of its own.
  void yield_reader() noexcept { yield(reader_); }
  void yield_writer() noexcept { yield(writer_); }

  /// Bytes that the kernel holds for us; 0 when it cannot tell. FIONREAD of tcp(7).
  std::size_t unread() const noexcept;
  /// Whether the peer's last byte is with our kernel, or the connection is broken or closed here;
  /// poll(2).
  bool peer_is_through() const noexcept;
  /// Bytes of ours that the peer's kernel has not acknowledged, our FIN counting as one; on AF_UNIX
  /// those that the peer has not read, as the kernel accounts for them. 0 when it cannot tell.
  std::size_t unacknowledged() const noexcept;
  /// Whether closing the socket resets the connection, as abort() has it; SO_LINGER.
  bool resets_at_close() const noexcept;
  /// getpeername(2); empty once the connection is broken or closed.
  virtual Endpoint peername() const noexcept { return Endpoint::of_peer(fd_.get()); }
  /// getsockname(2); empty once closed.
  virtual Endpoint sockname() const noexcept { return Endpoint::of_socket(fd_.get()); }
  /// What the kernel knows of the peer.
  TcpInfo tcp_info() const noexcept { return tcp_info_of(fd_.get()); }
  std::uint64_t bytes_received() const noexcept { return bytes_received_; }
  std::uint64_t bytes_sent() const noexcept { return bytes_sent_; }
  EventLoop& loop() const noexcept { return loop_; }

 protected:
  /// Its buffers are counted in the budget, and never refused.
  void exempt_from_budget() noexcept { is_exempt_ = true; }
  /// Without a socket.
  explicit Transport(EventLoop& loop) noexcept : loop_(loop), traffic_(loop.traffic()) {}
  /// Goes on with a socket that had another owner, who may want it back: nothing is done to it, not
  /// even where this throws, until the loop tells how it is. `so_far` is what it has moved.
  Transport(EventLoop& loop, UniqueFd fd, Traffic* traffic, const Moved& so_far);

  /// For those who keep an account of a connection; each happens seldom, and nothing is to be ended
  /// in it. The peer's first byte is there, where watch_first_byte() asked for it.
  virtual void on_first_byte() noexcept {}
  /// A drain() waits, because more than the high-water mark is unsent; it waits no more, which may
  /// be told without the former, and is not where it was cancelled.
  virtual void on_stalled() noexcept {}
  virtual void on_drained() noexcept {}
  /// The socket is about to be closed.
  virtual void on_close() noexcept {}
  /// on_first_byte() is to be called, unless something was received already. Costs nothing then.
  void watch_first_byte() noexcept {
    if (reader_.turn == Turn::none) reader_.turn = Turn::first;
  }

  /// What receive() returns where recv(2) failed with `failure`. Without a socket it always does,
  /// so another source costs a socket's usual path nothing.
  virtual IoResult receive_unusual(std::span<char> into, IoResult failure) noexcept;
  /// The same of send(2), which is taken up after assume_writable() and yield_writer() where this
  /// returns nothing_taken(); and of shutdown(2).
  virtual IoResult send_unusual(std::string_view bytes, IoResult failure) noexcept;
  virtual void shutdown_unusual() noexcept {}
  /// Of such a source: what it gave, counted as a socket's is, which is worth trying again at once;
  /// nothing yet, until assume_readable() and yield_reader(); nothing, and another try after a
  /// pause; nothing in this turn, and another try in the next, until which the source has not
  /// ended.
  IoResult received(std::size_t bytes) noexcept;
  IoResult nothing_yet() noexcept;
  IoResult nothing_for_lack_of_memory() noexcept;
  IoResult nothing_in_this_turn() noexcept;
  IoResult nothing_taken() noexcept;

 private:
  void on_ready(std::uint32_t events) noexcept override;
  Moved moved() const noexcept override { return {bytes_received_, bytes_sent_}; }
  [[gnu::noinline]] bool writer_is_ready() noexcept;
  [[gnu::noinline]] void reader_is_ready_first(std::uint32_t events) noexcept;

  enum class Turn : std::uint8_t {
    none,    // the half is told of events at once
    queued,  // it has a turn of its own coming
    first    // of the reading half: on_first_byte() comes before
  };
  struct HalfState {
    bool ready = true;  // worth trying
    Turn turn = Turn::none;
    bool pausing = false;  // waits for the kernel to have memory again
  };

  IoResult failed(HalfState& half, IoResult result) noexcept;
  void pause(HalfState& half) noexcept;
  void yield(HalfState& half) noexcept;
  template <HalfState Transport::*half>
  static void take_turn(void* self) noexcept;
  template <HalfState Transport::*half>
  static void end_pause(void* self) noexcept;

  friend class StreamWriter;  // which tells of stalls
  friend class DrainAwaiter;

  EventLoop& loop_;
  Traffic& traffic_;
  Half* reading_half_ = nullptr;
  Sender* writing_half_ = nullptr;
  std::uint64_t bytes_received_ = 0;
  std::uint64_t bytes_sent_ = 0;
  std::uint32_t turn_bytes_ = 0;  // at most bytes_per_turn and one call's worth, below 4 GiB
  UniqueFd fd_;
  HalfState reader_;
  HalfState writer_;
  bool read_to_the_end_ = false;  // a short read does not mean that the socket is empty
  bool is_unix_ : 1 = false;
  bool is_exempt_ : 1 = false;  // from the budget of the loop's buffers
};

inline IoResult Transport::receive(std::span<char> into) noexcept {
  const IoResult result(receive_from(fd_.get(), into.data(), into.size(), 0));
  if (result.size() < 0) [[unlikely]]
    return receive_unusual(into, result);
  if (result.size() == 0) return result;
  const auto bytes = static_cast<std::size_t>(result.size());
  // A short read has emptied the socket, and the next byte brings an edge (epoll(7), "Questions and
  // answers"), save where a FIN or an urgent mark (tcp(7)) cut it short, or on AF_UNIX passed
  // descriptors, which the kernel drops because nobody here takes them (unix(7), SCM_RIGHTS).
  reader_.ready = bytes == into.size() || read_to_the_end_;
  turn_bytes_ += static_cast<std::uint32_t>(bytes);
  bytes_received_ += bytes;
  traffic_.received.add(bytes);
  return result;
}

inline IoResult Transport::send(std::string_view bytes) noexcept {
  const IoResult result(send_to(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
  if (result.size() < 0) [[unlikely]]
    return send_unusual(bytes, result);
  const auto sent = static_cast<std::size_t>(result.size());
  turn_bytes_ += static_cast<std::uint32_t>(sent);
  bytes_sent_ += sent;
  traffic_.sent.add(sent);
  return result;
}

}  // namespace streams
