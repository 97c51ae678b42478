#include "client/line_exchange.hpp"

#include "client/line_reply_parser.hpp"
#include "streams/error.hpp"

namespace client {
namespace {

constexpr char iac = static_cast<char>(255);

}  // namespace

void write_line(streams::StreamWriter& writer, LineProtocol protocol, std::string_view line) {
  if (protocol == LineProtocol::echo) {
    writer.write(line);
    writer.write("\n");
    return;
  }
  if (line.ends_with('\r')) line.remove_suffix(1);
  for (std::size_t at = line.find(iac); at != std::string_view::npos; at = line.find(iac)) {
    writer.write(line.substr(0, at + 1));
    writer.write({&iac, 1});
    line.remove_prefix(at + 1);
  }
  writer.write(line);
  writer.write("\r\n");
}

streams::Task<LineReply> read_reply(streams::StreamReader& reader, LineProtocol protocol,
                                    std::string line) {
  LineReply reply;
  LineReplyParser parser;
  while (!parser.is_complete()) {
    const streams::Chunk chunk = co_await reader.readline();
    reply.ec = chunk.ec;
    // A reply that was cut off is none.
    if (!chunk.ec && !chunk.data.ends_with('\n')) reply.ec = streams::Error::incomplete_read;
    if (!reply.ec && reply.text.size() + chunk.data.size() > 2 * max_line) {
      reply.ec = std::make_error_code(std::errc::message_size);
    }
    if (reply.ec) {
      reply.text.clear();
      co_return reply;
    }
    reply.text += chunk.data;
    if (protocol == LineProtocol::echo) break;
    parser.take(chunk.data);
  }
  if (protocol == LineProtocol::echo) {
    const std::string_view text = reply.text;
    reply.different = text.substr(0, text.size() - 1) != line;
  } else {
    reply.is_error = parser.is_error();
  }
  co_return reply;
}

std::string explain(const std::error_code& ec) {
  if (ec == std::errc::timed_out) return "nothing came in time (--timeout)";
  if (ec == std::errc::operation_canceled) return "interrupted";
  if (ec == std::errc::message_size || ec == streams::Error::limit_overrun) {
    return "the reply is too long";
  }
  const bool ended = ec == streams::Error::end_of_stream || ec == streams::Error::incomplete_read;
  return ended ? "the service closed the connection" : ec.message();
}

}  // namespace client
