#include "streams/memory_connection.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace streams {
namespace {

/// Owners in the queue of turns: the connection's halves with the handler that waits for them, and
/// the far side's two tasks with who waits for those.
constexpr std::size_t owners = 2;

}  // namespace

MemoryConnection::MemoryConnection(EventLoop& loop, FarSide& far, const StreamWriter* outer,
                                   const StreamOptions& options)
    : Connection(loop, outer == nullptr ? Endpoint() : outer->peername(), options),
      far_(far),
      outer_(outer) {
  // So that proxyname() asks who is connected here.
  if (outer != nullptr && outer->proxyname()) writer().set_peername(outer->peername());
  loop.readiness().join(owners);
}

MemoryConnection::~MemoryConnection() { loop().readiness().leave(owners); }

void MemoryConnection::feed(std::string_view bytes) noexcept {
  // Nobody will read it.
  if (reader().at_eof()) return;
  input_ = bytes;
  wake_reader();
}

void MemoryConnection::feed_eof() noexcept {
  if (end_ != End::reached) end_ = End::fin;
  wake_reader();
}

void MemoryConnection::begin_end_of_input() noexcept {
  if (end_ == End::none) end_ = End::begun;
  reader().feed_eof();
}

void MemoryConnection::end_input() noexcept {
  begin_end_of_input();
  if (end_ == End::begun) end_ = End::reached;
  wake_reader();
}

void MemoryConnection::fail(int error) noexcept {
  input_ = {};
  Connection::fail(error);
}

void MemoryConnection::wake_reader() noexcept {
  assume_readable();
  yield_reader();
}

void MemoryConnection::consume(std::size_t size) noexcept {
  writer().buffer_.consume(size);
  if (writer().buffer_.empty()) {
    writer().buffer_.release(loop().buffers());
    assume_writable();
  }
  if (writer().waiting_ != nullptr || writer().eof_wanted_) yield_writer();
}

Endpoint MemoryConnection::peername() const noexcept {
  if (outer_ == nullptr) return writer().peername();
  return outer_->proxyname().value_or(outer_->peername());
}

Endpoint MemoryConnection::sockname() const noexcept {
  return outer_ == nullptr ? Endpoint() : outer_->sockname();
}

IoResult MemoryConnection::receive_unusual(std::span<char> into, IoResult) noexcept {
  if (input_.empty()) {
    if (end_ == End::fin) return IoResult(0);
    return end_ == End::begun ? nothing_in_this_turn() : nothing_yet();
  }
  const std::size_t size = std::min(into.size(), input_.size());
  std::memcpy(into.data(), input_.data(), size);
  input_.remove_prefix(size);
  if (input_.empty()) far_.on_room();
  return received(size);
}

IoResult MemoryConnection::send_unusual(std::string_view, IoResult) noexcept {
  far_.on_output();
  return nothing_taken();
}

}  // namespace streams
