// StreamReader: the reading half of a connection, with asyncio's names and meanings. A handler
// awaits one read at a time; bytes are taken from the kernel only while a read wants them.
//
// Differs from asyncio: the end of the stream and a broken connection are values of Chunk::ec;
// after an overrun readline() discards the whole line instead of offering its tail as the next one.
//
// Every read that is cancelled gives std::errc::operation_canceled and takes nothing: what has come
// is there for the next. Each gives the kernel's error once the connection is broken, and
// Error::end_of_stream after the writer's close(). A second read while one waits throws Misuse.
// Nothing else is thrown but where a function says so.
//
// Belongs to one Transport, its loop's thread. What a Chunk views lies in the reader's buffer and
// dies at the next read.
#pragma once

#include <algorithm>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "streams/buffer.hpp"
#include "streams/cancellation.hpp"
#include "streams/connection_state.hpp"
#include "streams/error.hpp"
#include "streams/misuse.hpp"
#include "streams/stream_filter.hpp"
#include "streams/task.hpp"
#include "streams/transport.hpp"

namespace streams {

class StreamReader;

/// Result of every read: `while (Chunk chunk = co_await reader.read(max))`.
struct Chunk {
  std::error_code ec;     ///< Error, std::errc::operation_canceled, or the kernel's own
  std::string_view data;  ///< what was read; with an error asyncio's `.partial`

  /// Whether there was no error.
  explicit operator bool() const noexcept { return !ec; }
};

/// What the reads return; co_await it at once. Data that is there already never suspends.
class [[nodiscard]] ReadAwaiter final {
 public:
  ReadAwaiter(const ReadAwaiter&) = delete;
  ReadAwaiter& operator=(const ReadAwaiter&) = delete;

  bool await_ready();
  template <TaskPromise Promise>
  bool await_suspend(std::coroutine_handle<Promise> frame) {
    frame_ = frame;
    return suspend(frame.promise().scope());
  }
  Chunk await_resume() const noexcept;

 private:
  friend class StreamReader;
  enum class Until : std::uint8_t { some, line, separator, exactly, end, discarded, too_much };
  enum class Status : std::uint8_t {
    complete,
    end_of_stream,
    incomplete_read,
    limit_overrun,
    connection_error,
    cancelled
  };

  ReadAwaiter(StreamReader& reader, Until until, std::size_t size) noexcept
      : reader_(reader), size_(size), until_(until) {}
  ReadAwaiter(StreamReader& reader, std::string_view separator) noexcept
      : reader_(reader),
        size_(separator.size()),
        separator_(separator.data()),
        until_(Until::separator) {}

  bool suspend(CancelScope& scope);
  bool refuse() noexcept;
  void end_wait(Status status) noexcept;

  StreamReader& reader_;
  std::coroutine_handle<> frame_;
  CancelScope* scope_;  // set, as frame_, while suspended
  // Bytes wanted, a bound, or the separator's size; 0 needs no data. Of a line not 0, and once
  // line_waits() has seen it, when that was.
  std::size_t size_;
  const char* separator_;      // set with Until::separator
  std::uint32_t scanned_ = 0;  // bytes of the buffer known to hold no separator
  std::uint32_t length_ = 0;   // bytes of the result, the last that were consumed
  Until until_;
  Status status_ = Status::complete;
};

class StreamReader final : private Transport::Half {
 public:
  static constexpr std::uint32_t default_limit = 64 * 1024;  ///< bytes, asyncio's

  /// `limit` bounds readline() and readuntil(), in bytes without the separator, at least 1 and
  /// below 2 GiB; throws std::invalid_argument for 0. `transport` outlives the reader.
  explicit StreamReader(Transport& transport, std::uint32_t limit = default_limit);
  ~StreamReader() { buffer_.release(transport_.loop().buffers()); }
  StreamReader(const StreamReader&) = delete;
  StreamReader& operator=(const StreamReader&) = delete;

  /// 1 to `max` bytes as soon as there is one; 0 asked gives 0 at once. At the end of the stream,
  /// each time, Error::end_of_stream. The limit does not bind it.
  ReadAwaiter read(std::size_t max) noexcept { return {*this, Until::some, max}; }

  /// A line with its LF. The stream's end in mid-line gives the partial line without an error, then
  /// the end. A line over the limit gives Error::limit_overrun as soon as the limit is passed and
  /// is discarded up to and including its LF, without being stored.
  ReadAwaiter readline() noexcept { return {*this, Until::line, any_line}; }

  /// The next line with its LF if all of it is here already, for input that is pipelined; empty
  /// where only readline() can tell what there is. Lives as long as a Chunk's data.
  std::string_view readline_nowait() noexcept;

  /// How long a readline() has waited for the end of a line of which a part has come, as far as
  /// calls have seen it; zero where none waits so. For who looks once in a while and ends what
  /// takes too long: bytes that come do not make it begin anew, the end of the line does. What is
  /// discarded of a line that is too long counts as the next one.
  std::chrono::steady_clock::duration line_waits(
      std::chrono::steady_clock::time_point now) const noexcept;

  /// Everything up to and including `separator`, which must live until the await is over; throws
  /// std::invalid_argument when it is empty. The end first: Error::incomplete_read with what there
  /// was. The limit first: Error::limit_overrun, and the data stays to be read otherwise.
  ReadAwaiter readuntil(std::string_view separator);

  /// `n` bytes, also above the limit; 0 at once. The end first: Error::incomplete_read with what
  /// there was. More than 2 GiB: Error::limit_overrun at once.
  ReadAwaiter readexactly(std::size_t n) noexcept {
    if (n > Buffer::max_size) return {*this, Until::too_much, 0};
    return {*this, Until::exactly, n};
  }

  /// Everything to the end of the stream, without an error, as asyncio's read(-1). More than
  /// `bound` bytes, or 2 GiB: Error::limit_overrun, and the data stays.
  ReadAwaiter read_to_end(std::size_t bound) noexcept {
    return {*this, Until::end, std::min(bound, Buffer::max_size - 1)};
  }

  /// Whether the stream has ended and all of it was read.
  bool at_eof() const noexcept { return is(stopped) || (is(fin | eof_reached) && buffer_.empty()); }

  /// Ends the stream from this side, for a shutdown: what the kernel already holds is still read,
  /// at most `max_after_feed_eof` bytes, then every read gives the end. Wakes a read that waits.
  /// Writing goes on.
  void feed_eof() noexcept;
  /// Whether feed_eof() ended what the peer had not: for handlers that write without reading.
  bool is_eof_fed() const noexcept { return is(eof_fed); }
  static constexpr std::size_t max_after_feed_eof = std::size_t{64} << 20;  ///< bytes

  /// The filter sees what arrives from now on; nullptr takes it off. It outlives the reading.
  void set_filter(StreamFilter* filter) noexcept {
    filter_ = filter;
    set(filtering, filter != nullptr);
  }
  void filter_buffered() noexcept;  ///< it takes what is here unread, as if that came now

  /// From now on a read() takes no more from the kernel than it was asked for, so that what was
  /// received is what was read: for those who ration it.
  void take_only_what_is_asked() noexcept { set(rationed); }

  /// Bytes that were taken from the kernel and not read yet.
  std::size_t buffered() const noexcept { return buffer_.size(); }
  /// Memory that it holds for them, in bytes.
  std::size_t held() const noexcept { return buffer_.capacity(); }
  bool peer_has_ended() const noexcept { return is(fin); }  ///< its FIN came, whatever is unread

 private:
  friend class ReadAwaiter;
  friend class Connection;
  friend class StandardInput;
  using Until = ReadAwaiter::Until;
  using Status = ReadAwaiter::Status;

  /// Everything but plain reading, as a set of flags: the usual path asks only whether it is 0.
  enum State : std::uint8_t {
    broken = 1,       // error_ is set
    fin = 2,          // the peer's FIN was read
    eof_fed = 4,      // feed_eof() was called
    eof_reached = 8,  // and what had arrived before is read
    discarding = 16,  // inside a line that was too long
    filtering = 32,   // filter_ is set
    stopped = 64,     // stop() was called: only the peer's FIN matters any more
    rationed = 128    // take_only_what_is_asked() was called
  };
  bool is(int any_of) const noexcept { return (state_ & any_of) != 0; }
  void set(State state, bool on = true) noexcept {
    state_ = static_cast<std::uint8_t>(on ? state_ | state : state_ & ~state);
  }

  static constexpr std::size_t any_line = 1;
  static constexpr std::uint32_t max_limit = std::uint32_t{Buffer::max_size} - 1;

  bool save(ConnectionState& state) const noexcept;  ///< both as StreamWriter's
  void resume(const ConnectionState& state);
  /// The connection is being closed: a read that waits gets the end of the stream, and so does
  /// every later one.
  void stop() noexcept;
  /// Reads and drops until the peer's FIN, an error (its value), or `bound` bytes, after stop().
  ReadAwaiter discard(std::size_t bound) noexcept;
  /// The read that waits, discard() too, gets the end of the stream.
  void end_wait() noexcept;

  void fail(int error) noexcept override;
  bool must_wait() const noexcept {
    return buffer_.empty() && !transport_.readable() && !is(broken | fin | eof_fed | stopped);
  }
  void ready() noexcept override;
  void cancel_wait() noexcept override {
    std::exchange(waiting_, nullptr)->end_wait(Status::cancelled);
  }
  void check_single(const ReadAwaiter& read) const {
    if (waiting_ != nullptr && waiting_ != &read && !is(stopped)) refuse_second();
  }
  [[noreturn]] static void refuse_second() {
    misuse("a read of a StreamReader while another read waits");
  }
  bool receive_for(ReadAwaiter& read);
  void wait_on() noexcept;
  bool advance(ReadAwaiter& read);
  bool try_complete(ReadAwaiter& read);
  bool try_line(ReadAwaiter& read);
  bool try_separator(ReadAwaiter& read);
  bool complete_at_end(ReadAwaiter& read) noexcept;
  bool complete(ReadAwaiter& read, Status status, std::size_t length) noexcept {
    buffer_.consume(length);
    read.length_ = static_cast<std::uint32_t>(length);
    read.status_ = status;
    return true;
  }
  bool nothing_left() const noexcept;
  bool may_receive() const noexcept { return transport_.readable() && !transport_.turn_is_over(); }
  void fill();
  void fill_no_more_than(std::size_t size);
  void receive_into(std::span<char> room);
  std::span<char> prepare_anyway() noexcept;
  void note_end(IoResult result) noexcept;
  void take_in(std::span<char> piece);
  void commit_filtered(std::span<char> wire) noexcept;
  void drop_overrun() noexcept;
  std::error_code error_of(Status status) const noexcept;
  void give_back_empty_buffer() noexcept {
    if (buffer_.empty()) buffer_.release(transport_.loop().buffers());
  }

  // There is one for each connection, idle ones too. Every field is counted: a word more is 16
  // bytes more for each session once malloc(3) has rounded up.
  Transport& transport_;
  Buffer buffer_;
  StreamFilter* filter_ = nullptr;
  ReadAwaiter* waiting_ = nullptr;
  std::uint32_t limit_;
  std::uint32_t after_feed_eof_ = 0;  // bytes received since feed_eof()
  std::uint16_t error_ = 0;           // errno of the broken connection
  std::uint8_t state_ = 0;            // of State
};

inline std::string_view StreamReader::readline_nowait() noexcept {
  const std::string_view data = buffer_.data();
  if (data.empty() || is(broken | stopped) || waiting_ != nullptr) return {};
  const void* const found = std::memchr(data.data(), '\n', data.size());
  if (found == nullptr) return {};
  const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - data.data());
  if (length > limit_) return {};
  buffer_.consume(length + 1);
  return data.substr(0, length + 1);
}

inline bool ReadAwaiter::await_ready() {
  if (reader_.must_wait() && size_ != 0) return false;
  return reader_.advance(*this);
}

inline bool ReadAwaiter::suspend(CancelScope& scope) {
  if (reader_.waiting_ != nullptr) StreamReader::refuse_second();
  if (!scope.enter(reader_)) return refuse();
  scope_ = &scope;
  reader_.waiting_ = this;
  reader_.give_back_empty_buffer();
  // Readable and yet waiting: the turn was over.
  if (reader_.transport_.readable()) reader_.transport_.yield_reader();
  return true;
}

inline Chunk ReadAwaiter::await_resume() const noexcept {
  const std::string_view data = reader_.buffer_.consumed(length_);
  if (status_ == Status::complete) return {no_error(), data};
  return {reader_.error_of(status_), data};
}

}  // namespace streams
