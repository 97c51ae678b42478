#include "streams/stream_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

namespace streams {

StreamReader::StreamReader(Transport& transport, std::uint32_t limit)
    : transport_(transport), limit_(std::min(limit, max_limit)) {
  if (limit == 0) throw std::invalid_argument("StreamReader: the limit must be at least 1");
}

ReadAwaiter StreamReader::readuntil(std::string_view separator) {
  if (separator.empty()) throw std::invalid_argument("readuntil: the separator is empty");
  return {*this, separator};
}

ReadAwaiter StreamReader::discard(std::size_t bound) noexcept {
  stop();
  if (is(eof_fed)) {
    set(eof_fed, false);
    set(eof_reached, false);
    transport_.assume_readable();
  }
  set_filter(nullptr);
  return {*this, Until::discarded, bound};
}

void StreamReader::stop() noexcept {
  if (is(stopped)) return;
  set(stopped);
  end_wait();
}

void StreamReader::end_wait() noexcept {
  if (waiting_ == nullptr) return;
  ReadAwaiter& read = *std::exchange(waiting_, nullptr);
  read.end_wait(Status::end_of_stream);
}

void StreamReader::feed_eof() noexcept {
  if (is(broken | fin | eof_fed | stopped)) return;
  set(eof_fed);
  transport_.assume_readable();
  if (waiting_ != nullptr) transport_.yield_reader();
}

void StreamReader::fail(int error) noexcept {
  if (is(broken)) return;
  set(broken);
  error_ = static_cast<std::uint16_t>(error);
  if (waiting_ != nullptr) transport_.yield_reader();
}

void StreamReader::ready() noexcept {
  if (waiting_ == nullptr) return;
  const bool usual = state_ == 0 && waiting_->until_ == Until::some && buffer_.empty() &&
                     transport_.loop().buffers().has_free();
  if (!(usual ? receive_for(*waiting_) : advance(*waiting_))) return wait_on();
  ReadAwaiter& read = *std::exchange(waiting_, nullptr);
  read.scope_->leave_and_run();
  read.frame_.resume();
}

// advance() for a read() that waits with nothing buffered, and so without a block, in as few steps
// as it takes: it gets what one receive brings.
inline bool StreamReader::receive_for(ReadAwaiter& read) {
  BufferPool& pool = transport_.loop().buffers();
  char* const block = pool.take_free();
  const IoResult result = transport_.receive({block, BufferPool::block_size});
  if (result.size() <= 0) [[unlikely]] {
    pool.release(block);
    note_end(result);
    return advance(read);
  }
  const auto size = static_cast<std::size_t>(result.size());
  buffer_.adopt(block, size);
  return complete(read, Status::complete, std::min(read.size_, size));
}

void StreamReader::wait_on() noexcept {
  give_back_empty_buffer();
  if (transport_.readable()) transport_.yield_reader();
}

// True when the read is complete; false when it has to wait: for the socket, or, where that is
// still readable, for another turn.
bool StreamReader::advance(ReadAwaiter& read) {
  check_single(read);
  for (;;) {
    if (is(broken | stopped)) [[unlikely]] {
      if (is(broken)) return complete(read, Status::connection_error, 0);
      if (read.until_ != Until::discarded) return complete(read, Status::end_of_stream, 0);
    }
    const std::size_t size = buffer_.size();
    if (size != 0 && read.until_ == Until::some) [[likely]] {
      return complete(read, Status::complete, std::min(read.size_, size));
    }
    if ((size != 0 || read.size_ == 0) && try_complete(read)) return true;
    if (is(fin | eof_fed | rationed)) {
      if (is(eof_fed) && nothing_left()) set(eof_reached);
      if (is(fin | eof_reached)) return complete_at_end(read);
      if (is(rationed) && read.until_ == Until::some && may_receive()) {
        fill_no_more_than(read.size_);
        continue;
      }
    }
    if (!may_receive()) return false;
    fill();
  }
}

bool StreamReader::try_complete(ReadAwaiter& read) {
  const std::size_t size = buffer_.size();
  switch (read.until_) {
    case Until::some: return complete(read, Status::complete, std::min(read.size_, size));
    case Until::line: return try_line(read);
    case Until::separator: return try_separator(read);
    case Until::exactly: return size >= read.size_ && complete(read, Status::complete, read.size_);
    case Until::end: return size > read.size_ && complete(read, Status::limit_overrun, 0);
    case Until::too_much: return complete(read, Status::limit_overrun, 0);
    case Until::discarded:
      buffer_.consume(size);
      if (size > read.size_) return complete(read, Status::limit_overrun, 0);
      read.size_ -= size;
      return false;
  }
  return false;
}

bool StreamReader::try_line(ReadAwaiter& read) {
  const std::string_view data = buffer_.data();
  const char* const unscanned = data.data() + read.scanned_;
  const void* const found = std::memchr(unscanned, '\n', data.size() - read.scanned_);
  if (found != nullptr) {
    const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - data.data());
    if (length <= limit_) return complete(read, Status::complete, length + 1);
    buffer_.consume(length + 1);
    return complete(read, Status::limit_overrun, 0);
  }
  if (data.size() > limit_) {
    buffer_.consume(data.size());
    set(discarding);
    return complete(read, Status::limit_overrun, 0);
  }
  read.scanned_ = static_cast<std::uint32_t>(data.size());
  return false;
}

// A number that a line does not need is when it was seen first, so that lines which are complete in
// time cost nothing.
std::chrono::steady_clock::duration StreamReader::line_waits(
    std::chrono::steady_clock::time_point now) const noexcept {
  const bool waits = waiting_ != nullptr && waiting_->until_ == Until::line &&
                     (!buffer_.empty() || is(discarding));
  if (!waits) return {};
  const auto present = static_cast<std::size_t>(now.time_since_epoch().count());
  if (waiting_->size_ == any_line) waiting_->size_ = present;
  return std::chrono::steady_clock::duration(
      static_cast<std::chrono::steady_clock::rep>(present - waiting_->size_));
}

bool StreamReader::try_separator(ReadAwaiter& read) {
  const std::string_view data = buffer_.data();
  const std::string_view separator(read.separator_, read.size_);
  const std::size_t length = data.find(separator, read.scanned_);
  if (length != std::string_view::npos) {
    if (length > limit_) return complete(read, Status::limit_overrun, 0);
    return complete(read, Status::complete, length + separator.size());
  }
  // The separator may have begun in the last bytes.
  const std::size_t searched = data.size() - std::min(data.size(), separator.size() - 1);
  if (searched > limit_) return complete(read, Status::limit_overrun, 0);
  read.scanned_ = static_cast<std::uint32_t>(searched);
  return false;
}

bool StreamReader::complete_at_end(ReadAwaiter& read) noexcept {
  const std::size_t rest = buffer_.size();
  switch (read.until_) {
    case Until::line:
    case Until::end:
      if (rest != 0) return complete(read, Status::complete, rest);
      break;
    case Until::separator:
    case Until::exactly: return complete(read, Status::incomplete_read, rest);
    case Until::some:
    case Until::too_much:
    case Until::discarded: break;
  }
  return complete(read, Status::end_of_stream, 0);
}

bool StreamReader::nothing_left() const noexcept {
  return !transport_.readable() || after_feed_eof_ >= max_after_feed_eof;
}

void StreamReader::fill() {
  std::span<char> room = buffer_.prepare(transport_.loop().buffers(), 1, Buffer::Want::can_wait);
  if (room.empty()) [[unlikely]] {
    room = prepare_anyway();
    if (room.empty()) return;
  }
  receive_into(room);
}

void StreamReader::fill_no_more_than(std::size_t size) {
  std::span<char> room = buffer_.prepare(transport_.loop().buffers(), 1, Buffer::Want::can_wait);
  if (room.empty()) room = prepare_anyway();
  if (!room.empty()) receive_into(room.first(std::min(size, room.size())));
}

inline void StreamReader::receive_into(std::span<char> room) {
  const IoResult result = transport_.receive(room);
  if (result.size() <= 0) return note_end(result);
  const auto size = static_cast<std::size_t>(result.size());
  state_ == 0 ? buffer_.commit(size) : take_in(room.first(size));
}

// Where the budget is exhausted there is a pause instead. At an end that was fed everything that
// has come is read now.
std::span<char> StreamReader::prepare_anyway() noexcept {
  BufferPool& pool = transport_.loop().buffers();
  if (pool.is_exhausted() && buffer_.capacity() == 0 && !is(eof_fed) &&
      transport_.want() == Buffer::Want::needs) {
    transport_.pause_reading();
    return {};
  }
  const std::span<char> room = buffer_.prepare(pool, 1, transport_.want());
  if (room.empty()) transport_.fail(ENOMEM);
  return room;
}

void StreamReader::note_end(IoResult result) noexcept {
  if (result.size() == 0) {
    set(fin);
  } else if (result.error() != EAGAIN) {
    transport_.fail(result.error());
  }
}

void StreamReader::take_in(std::span<char> piece) {
  if (is(eof_fed)) after_feed_eof_ += static_cast<std::uint32_t>(piece.size());
  is(filtering) ? commit_filtered(piece) : buffer_.commit(piece.size());
  if (is(discarding)) drop_overrun();
}

// Nothing of the line that was too long is kept, so all that the buffer holds has just come.
void StreamReader::drop_overrun() noexcept {
  const std::string_view data = buffer_.data();
  const std::size_t end = data.find('\n');
  if (end != std::string_view::npos) set(discarding, false);
  buffer_.consume(end == std::string_view::npos ? data.size() : end + 1);
}

std::error_code StreamReader::error_of(Status status) const noexcept {
  switch (status) {
    case Status::complete: break;
    case Status::end_of_stream: return Error::end_of_stream;
    case Status::incomplete_read: return Error::incomplete_read;
    case Status::limit_overrun: return Error::limit_overrun;
    case Status::connection_error: return {error_, std::system_category()};
    case Status::cancelled: return make_cancelled();
  }
  return {};
}

bool ReadAwaiter::refuse() noexcept {
  status_ = Status::cancelled;
  return false;
}

void ReadAwaiter::end_wait(Status status) noexcept {
  scope_->leave();
  status_ = status;
  length_ = 0;
  reader_.transport_.loop().resume_soon(frame_);
}

}  // namespace streams
