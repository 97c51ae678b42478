// How a Connection's state is taken, and how another goes on from it.
#include "streams/connection_state.hpp"

#include <new>

#include "streams/connection.hpp"

namespace streams {

Connection::Connection(EventLoop& loop, const ConnectionState& state, UniqueFd fd,
                       StreamOptions options)
    : Transport(loop, std::move(fd), options.traffic, {state.bytes_received, state.bytes_sent}),
      reader_(*this, options.limit),
      close_timeout_(static_cast<std::uint32_t>(options.close_timeout.count())),
      writer_(*this, *this, state.peer, options.marks) {
  attach(reader_, writer_);
  if (options.exempt_from_budget) exempt_from_budget();
  reader_.resume(state);
  writer_.resume(state);
}

std::optional<ConnectionState> Connection::state() const noexcept {
  if (!is_open()) return std::nullopt;
  std::optional<ConnectionState> state(std::in_place);
  state->bytes_received = bytes_received();
  state->bytes_sent = bytes_sent();
  if (!reader_.save(*state) || !writer_.save(*state)) state.reset();
  return state;
}

bool StreamReader::save(ConnectionState& state) const noexcept {
  state.unread = buffer_.data();
  state.is_in_overrun = is(discarding);
  state.peer_has_ended = is(fin);
  return !is(broken | eof_fed | eof_reached);
}

void StreamReader::resume(const ConnectionState& state) {
  set(discarding, state.is_in_overrun);
  set(fin, state.peer_has_ended);
  set(stopped, state.is_closing);
  // It was lent already, by the budget that the other owner had.
  BufferPool& pool = transport_.loop().buffers();
  if (!buffer_.append(pool, state.unread, Buffer::Want::regardless)) throw std::bad_alloc();
}

bool StreamWriter::save(ConnectionState& state) const noexcept {
  state.peer = peer_;
  state.unsent = buffer_.data();
  state.is_proxied = is_proxied_;
  state.is_ended = eof_wanted_;
  state.is_fin_sent = eof_sent_;
  state.has_lost = lost_;
  state.is_closing = closing_;
  return error_ == 0;
}

void StreamWriter::resume(const ConnectionState& state) {
  is_proxied_ = state.is_proxied;
  eof_wanted_ = shut_ = state.is_ended;
  eof_sent_ = state.is_fin_sent;
  lost_ = state.has_lost;
  closing_ = state.is_closing;
  BufferPool& pool = transport_.loop().buffers();
  if (!buffer_.append(pool, state.unsent, Buffer::Want::regardless)) throw std::bad_alloc();
}

}  // namespace streams
