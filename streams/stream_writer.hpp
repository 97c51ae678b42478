// StreamWriter: the writing half of a connection, with asyncio's names and meanings. Small writes
// leave together at the end of the handler's turn; large ones go to the kernel at once when nothing
// waits before them. What the kernel does not take is kept and sent when it does.
//
// Differs from asyncio: drain() reports a broken connection as its value; close() sends FIN after
// what is buffered, and wait_closed() then also waits for the peer's FIN (connection.hpp), so that
// input nobody read does not turn into a reset that destroys the replies in flight.
//
// The writing half of a Connection, the loop's thread. Nothing here throws but where it says so.
#pragma once

#include <chrono>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <ranges>
#include <string_view>
#include <system_error>

#include "streams/buffer.hpp"
#include "streams/cancellation.hpp"
#include "streams/connection_state.hpp"
#include "streams/endpoint.hpp"
#include "streams/error.hpp"
#include "streams/task.hpp"
#include "streams/transport.hpp"

namespace streams {

class Connection;
class StreamWriter;

/// A range of pieces of text or bytes that can be gone through twice: strings, views, literals.
template <class Pieces>
concept RangeOfPieces = std::ranges::forward_range<Pieces> &&
    std::convertible_to<std::ranges::range_reference_t<Pieces>, std::string_view>;

/// Unsent bytes above which drain() waits, and at which it goes on: asyncio's write buffer limits.
struct WaterMarks {
  constexpr WaterMarks() = default;
  /// In bytes.
  constexpr WaterMarks(std::uint32_t high_mark, std::uint32_t low_mark)
      : high(high_mark), low(low_mark) {}
  std::uint32_t high = 64 * 1024;  ///< bytes
  std::uint32_t low = 16 * 1024;   ///< bytes, at most `high`
};

/// What drain() returns; co_await it at once.
class [[nodiscard]] DrainAwaiter final {
 public:
  DrainAwaiter(const DrainAwaiter&) = delete;
  DrainAwaiter& operator=(const DrainAwaiter&) = delete;

  bool await_ready() noexcept;
  template <TaskPromise Promise>
  bool await_suspend(std::coroutine_handle<Promise> frame) {
    frame_ = frame;
    return suspend(frame.promise().scope());
  }
  std::error_code await_resume() const noexcept;

 private:
  friend class StreamWriter;
  enum class Until : std::uint8_t { little_is_left, nothing_is_left, peer_is_through, closed };

  DrainAwaiter(StreamWriter& writer, Until until) noexcept : writer_(writer), until_(until) {}

  bool suspend(CancelScope& scope) noexcept;
  CancelScope& scope() const noexcept { return PromiseBase::at(frame_.address()).scope(); }

  StreamWriter& writer_;
  std::coroutine_handle<> frame_;
  DrainAwaiter* next_;    // set, as frame_, while suspended: others who wait
  std::uint32_t enough_;  // waits until no more bytes than this are unsent
  Until until_;
  bool cancelled_ = false;
};

class StreamWriter final : private Transport::Sender {
 public:
  /// For `connection`, whose transport is `transport`; both outlive the writer.
  StreamWriter(Connection& connection, Transport& transport, const Endpoint& peer,
               WaterMarks marks = {}) noexcept
      : transport_(transport), connection_(connection), marks_(marks), peer_(peer) {}
  ~StreamWriter();
  StreamWriter(const StreamWriter&) = delete;
  StreamWriter& operator=(const StreamWriter&) = delete;

  /// Never waits. Dropped after write_eof() or close(), or when the connection is broken, which
  /// drain() tells. More than 2 GiB unsent, or no memory for it, breaks the connection: ENOMEM.
  void write(std::string_view bytes) noexcept;

  /// asyncio's: one write() of all `pieces`, one behind the other; nothing is put between them.
  /// They are copied once, straight to where they leave from. All or, without memory, none:
  ///
  ///     writer.writelines({name, ": ", line});
  template <RangeOfPieces Pieces>
  void writelines(Pieces&& pieces) noexcept;
  /// The same of pieces that are written out.
  void writelines(std::initializer_list<std::string_view> pieces) noexcept {
    writelines<const std::initializer_list<std::string_view>&>(pieces);
  }

  /// From now on these are the marks; must_drain() and drain() go by them.
  void set_write_buffer_limits(WaterMarks marks) noexcept { marks_ = marks; }
  /// Whether more than the high-water mark is unsent: for those who write much between two drains.
  bool must_drain() const noexcept { return pending() > marks_.high; }

  /// Waits only while more than the high-water mark is unsent, then until the low-water mark is
  /// reached. Any number of tasks may wait. The error of a broken connection; Error::closed after
  /// close(), and where something was written after write_eof(). Cancelled:
  /// std::errc::operation_canceled, and what was written still leaves.
  DrainAwaiter drain() noexcept { return {*this, DrainAwaiter::Until::little_is_left}; }

  /// What is unsent leaves now and not at the end of the turn, as far as the kernel takes it:
  /// nothing that is written from now on is sent together with it.
  void flush() noexcept;

  /// FIN once all that was written is sent. Reading goes on.
  void write_eof() noexcept;

  /// No more is written; what was is still sent, then FIN. wait_closed() completes it.
  void close() noexcept;
  /// Whether close() or abort() was called.
  bool is_closing() const noexcept { return closing_; }

  /// Connection::wait_closed(), with a patience of its own where `close_timeout` says one.
  Task<std::error_code> wait_closed(std::optional<std::chrono::milliseconds> close_timeout = {});

  /// Drops what is unsent and resets the connection; pending reads and drains get an error.
  void abort() noexcept;

  /// Unsent bytes.
  std::size_t pending() const noexcept { return buffer_.size(); }
  /// Memory that it holds for them, in bytes.
  std::size_t held() const noexcept { return buffer_.capacity(); }
  /// Why nothing can be sent any more, if so.
  std::error_code error() const noexcept {
    return error_ == 0 ? no_error() : std::error_code(error_, std::system_category());
  }
  /// The peer's end of the connection, asyncio's get_extra_info('peername'); also once closed.
  const Endpoint& peername() const noexcept { return peer_; }
  /// The peer is another than the socket's: the client of whom the proxy speaks that is connected
  /// here.
  void set_peername(const Endpoint& peer) noexcept {
    peer_ = peer;
    is_proxied_ = true;
  }
  /// Who is connected here, where that is such a proxy; else nothing. Empty once the connection is
  /// broken or closed. A system call where set_peername() was called.
  std::optional<Endpoint> proxyname() const noexcept {
    if (!is_proxied_) return std::nullopt;
    return transport_.peername();
  }
  /// Our end, asyncio's get_extra_info('sockname'); empty once closed. A system call.
  Endpoint sockname() const noexcept { return transport_.sockname(); }

 private:
  friend class Connection;
  friend class MemoryConnection;
  friend class DrainAwaiter;

  /// A write of at least this many bytes with nothing before it goes straight to the kernel.
  static constexpr std::size_t direct_size = 4096;
  static constexpr std::size_t flush_size = 64 * 1024;

  /// What of the state is the writer's; false where it cannot go on elsewhere.
  bool save(ConnectionState& state) const noexcept;
  /// Goes on from there; before anything is written. Throws std::bad_alloc.
  void resume(const ConnectionState& state);

  /// Complete once nothing is unsent, once the peer has sent its last byte, or once the socket is
  /// closed; also after close(). For Connection, which looks whether the peer has.
  DrainAwaiter flushed() noexcept { return {*this, DrainAwaiter::Until::nothing_is_left}; }
  DrainAwaiter peer_is_through() noexcept { return {*this, DrainAwaiter::Until::peer_is_through}; }
  DrainAwaiter closed() noexcept { return {*this, DrainAwaiter::Until::closed}; }
  bool is_drained(const DrainAwaiter& drain) const noexcept {
    if (drain.until_ == DrainAwaiter::Until::closed) return !transport_.is_open();
    if (drain.until_ == DrainAwaiter::Until::peer_is_through) return transport_.peer_is_through();
    return error_ != 0 || buffer_.size() <= drain.enough_;
  }
  std::error_code status() const noexcept {
    return (closing_ || lost_) && error_ == 0 ? make_error_code(Error::closed) : error();
  }
  void ready() noexcept override;
  void fail(int error) noexcept override;
  void cancel_wait() noexcept override;
  void send_wire(std::string_view bytes) noexcept override {
    if (!shut_) write(bytes);
  }
  void resume_drained() noexcept;
  std::string_view send_directly(std::string_view bytes) noexcept;
  void write_unusual(std::string_view bytes) noexcept;
  /// Room for `size` bytes behind what is unsent, to be filled and then added; nullptr where they
  /// are to be dropped.
  char* prepare(std::size_t size) noexcept;
  void add_prepared(std::size_t size) noexcept;
  bool send_buffered() noexcept;
  bool send_more(IoResult result) noexcept;
  void flush_at_end_of_turn() noexcept;

  Transport& transport_;
  Connection& connection_;
  Buffer buffer_;
  WaterMarks marks_;
  DrainAwaiter* waiting_ = nullptr;  // the last that began, and through it the others
  Endpoint peer_;
  std::uint16_t error_ = 0;  // errno of the broken connection
  bool closing_ : 1 = false;
  bool eof_wanted_ : 1 = false;
  bool eof_sent_ : 1 = false;
  bool lost_ : 1 = false;        // something was written after write_eof()
  bool is_proxied_ : 1 = false;  // set_peername() was called
  bool shut_ : 1 = false;        // eof_wanted_ or error_: the usual path looks at one flag
  bool flush_queued_ = false;    // a byte of its own: the usual path sets and clears it
};

template <RangeOfPieces Pieces>
void StreamWriter::writelines(Pieces&& pieces) noexcept {
  std::size_t size = 0;
  for (auto&& piece : pieces) size += std::string_view(piece).size();
  char* room = prepare(size);
  if (room == nullptr) return;
  for (auto&& piece : pieces) {
    const std::string_view bytes = piece;
    if (!bytes.empty()) std::memcpy(room, bytes.data(), bytes.size());
    room += bytes.size();
  }
  add_prepared(size);
}

inline bool DrainAwaiter::await_ready() noexcept {
  if (until_ == Until::nothing_is_left) return writer_.error_ != 0 || writer_.buffer_.empty();
  if (until_ == Until::closed) return !writer_.transport_.is_open();
  if (until_ == Until::peer_is_through) return writer_.transport_.peer_is_through();
  if (writer_.shut_ && writer_.status()) return true;
  return writer_.pending() <= writer_.marks_.high && !writer_.transport_.turn_is_over();
}

inline std::error_code DrainAwaiter::await_resume() const noexcept {
  if (!cancelled_ && !writer_.shut_) return no_error();
  return cancelled_ ? make_cancelled() : writer_.status();
}

}  // namespace streams
