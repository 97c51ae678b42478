#include "client/line_exchange.hpp"

#include <utility>

#include "streams/error.hpp"

namespace client {
namespace {

constexpr char iac = static_cast<char>(255);

}  // namespace

bool has_reply(LineProtocol protocol, std::string_view line) noexcept {
  return protocol == LineProtocol::echo || !(line.empty() || line == "\r");
}

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

std::error_code ReplyAssembler::add(std::string_view piece) {
  if (text_.size() + piece.size() > 2 * max_line) {
    return std::make_error_code(std::errc::message_size);
  }
  text_ += piece;
  parser_.take(piece);
  complete_ = protocol_ == LineProtocol::echo ? piece.ends_with('\n') : parser_.is_complete();
  return {};
}

LineReply ReplyAssembler::take(std::string_view line) {
  LineReply reply;
  if (protocol_ == LineProtocol::echo) {
    reply.different = std::string_view(text_).substr(0, text_.size() - 1) != line;
  } else {
    reply.is_error = parser_.is_error();
  }
  reply.text = std::move(text_);
  *this = ReplyAssembler(protocol_);
  return reply;
}

streams::Task<LineReply> read_reply(streams::StreamReader& reader, LineProtocol protocol,
                                    std::string line) {
  LineReply failed;
  ReplyAssembler reply(protocol);
  while (!reply.is_complete()) {
    const streams::Chunk chunk = co_await reader.readline();
    failed.ec = chunk.ec ? chunk.ec : reply.add(chunk.data);
    if (failed.ec) co_return failed;
  }
  co_return reply.take(line);
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
