#include "streams/stream_writer.hpp"

#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

#include "streams/connection.hpp"

namespace streams {

StreamWriter::~StreamWriter() {
  buffer_.release(transport_.loop().buffers());
  if (flush_queued_) transport_.loop().turns().forget(this, 1);
}

void StreamWriter::write(std::string_view bytes) noexcept {
  BufferPool& pool = transport_.loop().buffers();
  // The usual cases first: a small reply that is the only one of its turn, and one behind others.
  const bool alone =
      !shut_ && buffer_.empty() && bytes.size() < direct_size && !bytes.empty() && pool.has_free();
  if (!alone) {
    const bool joins = flush_queued_ && !shut_ && !bytes.empty() && buffer_.has_room(bytes.size());
    return joins ? buffer_.add(bytes) : write_unusual(bytes);
  }
  char* const block = pool.take_free();
  std::memcpy(block, bytes.data(), bytes.size());
  buffer_.adopt(block, bytes.size());
  if (!flush_queued_) flush_at_end_of_turn();
}

void StreamWriter::write_unusual(std::string_view bytes) noexcept {
  if (!shut_ && bytes.size() >= direct_size && buffer_.empty()) bytes = send_directly(bytes);
  char* const room = prepare(bytes.size());
  if (room == nullptr) return;
  std::memcpy(room, bytes.data(), bytes.size());
  add_prepared(bytes.size());
}

char* StreamWriter::prepare(std::size_t size) noexcept {
  if (shut_) lost_ = lost_ || size != 0;
  if (shut_ || size == 0) return nullptr;
  BufferPool& pool = transport_.loop().buffers();
  std::span<char> room = buffer_.prepare(pool, size);
  if (room.empty()) room = buffer_.prepare(pool, size, transport_.want());
  if (room.empty()) transport_.fail(ENOMEM);
  return room.data();
}

void StreamWriter::add_prepared(std::size_t size) noexcept {
  buffer_.commit(size);
  if (buffer_.size() >= flush_size) {
    flush();
  } else if (!flush_queued_) {
    flush_at_end_of_turn();
  }
}

// What the kernel does not take of `bytes`.
std::string_view StreamWriter::send_directly(std::string_view bytes) noexcept {
  while (!bytes.empty() && transport_.writable()) {
    const IoResult result = transport_.send(bytes);
    if (result.size() >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(result.size()));
    } else if (result.error() != EAGAIN) {
      transport_.fail(result.error());
      break;
    }
  }
  return bytes;
}

inline void StreamWriter::flush_at_end_of_turn() noexcept {
  flush_queued_ = true;
  transport_.loop().turns().flush_soon(
      [](void* self) noexcept {
        auto* const writer = static_cast<StreamWriter*>(self);
        writer->flush_queued_ = false;
        writer->flush();
      },
      this);
}

void StreamWriter::flush() noexcept {
  if (!buffer_.empty() && !send_buffered()) return;
  // One that was taken over is left alone until the loop has told of it.
  if (eof_wanted_ && !eof_sent_ && error_ == 0 && transport_.writable()) {
    eof_sent_ = true;
    transport_.shutdown_send();
  }
}

// Whether nothing is left.
inline bool StreamWriter::send_buffered() noexcept {
  if (!transport_.writable()) return false;
  const IoResult result = transport_.send(buffer_.data());
  if (result.size() != static_cast<ssize_t>(buffer_.size()) && !send_more(result)) return false;
  buffer_.release(transport_.loop().buffers());
  return true;
}

// The same after a send that took only a part, or failed.
bool StreamWriter::send_more(IoResult result) noexcept {
  if (result.size() >= 0) {
    buffer_.consume(static_cast<std::size_t>(result.size()));
  } else if (result.error() != EAGAIN) {
    transport_.fail(result.error());
    return false;
  }
  const std::size_t left = send_directly(buffer_.data()).size();
  if (error_ != 0) return false;
  buffer_.consume(buffer_.size() - left);
  return left == 0;
}

void StreamWriter::fail(int error) noexcept {
  if (error_ != 0) return;
  shut_ = true;
  error_ = static_cast<std::uint16_t>(error);
  buffer_.release(transport_.loop().buffers());
  if (waiting_ != nullptr) transport_.yield_writer();
}

void StreamWriter::ready() noexcept {
  flush();
  if (waiting_ == nullptr) return;
  if (waiting_->next_ != nullptr) return resume_drained();
  if (!is_drained(*waiting_)) return;
  DrainAwaiter& drain = *std::exchange(waiting_, nullptr);
  if (drain.until_ == DrainAwaiter::Until::little_is_left) transport_.on_drained();
  drain.scope().leave_and_run();
  drain.frame_.resume();
}

// Several wait: each in a turn of its own, because any of them may be the end of us.
void StreamWriter::resume_drained() noexcept {
  for (DrainAwaiter** link = &waiting_; *link != nullptr;) {
    DrainAwaiter& drain = **link;
    if (!is_drained(drain)) {
      link = &drain.next_;
      continue;
    }
    *link = drain.next_;
    if (waiting_ == nullptr) transport_.on_drained();
    drain.scope().leave();
    transport_.loop().resume_soon(drain.frame_);
  }
}

// The scope does not say which of its waits it means; it waits for one thing at most.
void StreamWriter::cancel_wait() noexcept {
  for (DrainAwaiter** link = &waiting_; *link != nullptr;) {
    DrainAwaiter& drain = **link;
    if (!drain.scope().cancelled()) {
      link = &drain.next_;
      continue;
    }
    *link = drain.next_;
    drain.cancelled_ = true;
    transport_.loop().resume_soon(drain.frame_);
  }
}

void StreamWriter::write_eof() noexcept {
  if (eof_wanted_) return;
  eof_wanted_ = shut_ = true;
  flush();
}

void StreamWriter::close() noexcept {
  closing_ = true;
  connection_.stop_reading();
  if (eof_wanted_) return;
  // Where both have ended, closing the socket says so with one system call less; wait_closed() is
  // nearly always next.
  if (buffer_.empty() && !flush_queued_ && connection_.reader().peer_has_ended()) {
    eof_wanted_ = shut_ = true;
    flush_at_end_of_turn();
  } else {
    write_eof();
  }
}

void StreamWriter::abort() noexcept {
  closing_ = true;
  if (error_ == 0) transport_.fail(ECONNABORTED);
  transport_.abort();
}

Task<std::error_code> StreamWriter::wait_closed(
    std::optional<std::chrono::milliseconds> close_timeout) {
  return connection_.wait_closed(Connection::WaitFor::fin, close_timeout);
}

bool DrainAwaiter::suspend(CancelScope& scope) noexcept {
  enough_ = 0;
  if (until_ == Until::little_is_left) {
    // Not under pressure means that only the turn is over.
    const auto [high, low] = writer_.marks_;
    enough_ = writer_.pending() > high ? low : high;
  }
  writer_.flush();
  if (writer_.is_drained(*this) && !writer_.transport_.turn_is_over()) return false;
  if (!scope.enter(writer_)) {
    cancelled_ = true;
    return false;
  }
  next_ = std::exchange(writer_.waiting_, this);
  if (until_ == Until::little_is_left && writer_.must_drain()) writer_.transport_.on_stalled();
  // Nothing to wait for but another turn.
  if (writer_.is_drained(*this)) writer_.transport_.yield_writer();
  return true;
}

}  // namespace streams
