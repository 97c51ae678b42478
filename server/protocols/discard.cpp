// Discard, RFC 863: takes everything, answers nothing.
#include "server/protocols/protocol.hpp"

namespace server::protocols {

streams::Task<std::error_code> discard(streams::StreamReader& reader, streams::StreamWriter&,
                                       const Context&) {
  for (;;) {
    const streams::Chunk chunk = co_await reader.read(streams::BufferPool::block_size);
    if (!chunk) co_return chunk.ec;
  }
}

}  // namespace server::protocols
