#include <cerrno>
#include <cstring>
#include <new>
#include <string>

#include "streams/stream_reader.hpp"

namespace streams {

void StreamReader::filter_buffered() noexcept try {
  if (buffer_.empty() || !is(filtering)) return;
  const std::string unread(buffer_.data());
  buffer_.consume(unread.size());
  BufferPool& pool = transport_.loop().buffers();
  const std::span<char> room = buffer_.prepare(pool, unread.size(), transport_.want());
  if (room.empty()) return transport_.fail(ENOMEM);
  std::memcpy(room.data(), unread.data(), unread.size());
  commit_filtered(room.first(unread.size()));
} catch (const std::bad_alloc&) {
  transport_.fail(ENOMEM);
}

void StreamReader::commit_filtered(std::span<char> wire) noexcept try {
  const StreamFilter::Step step = filter_->in(wire);
  if (step.plain.data() == wire.data()) {
    buffer_.commit(step.plain.size());
  } else if (!buffer_.append(transport_.loop().buffers(), step.plain, transport_.want())) {
    return transport_.fail(ENOMEM);
  }
  if (!step.wire.empty()) transport_.send_wire(step.wire);
  if (step.then == StreamFilter::Then::end) feed_eof();
} catch (const std::bad_alloc&) {
  transport_.fail(ENOMEM);
} catch (...) {
  transport_.fail(EPROTO);
}

}  // namespace streams
