// Echo, RFC 862: every byte comes back as it was sent, also after the peer's FIN.
#include "server/protocols/protocol.hpp"

namespace server::protocols {

streams::Task<std::error_code> echo(streams::StreamReader& reader, streams::StreamWriter& writer,
                                    const Context&) {
  for (;;) {
    const streams::Chunk chunk = co_await reader.read(streams::BufferPool::block_size);
    if (!chunk) co_return chunk.ec;
    writer.write(chunk.data);
    if (const std::error_code ec = co_await writer.drain()) co_return ec;
  }
}

}  // namespace server::protocols
