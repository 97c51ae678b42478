#include "client/send/ask.hpp"

#include <string_view>

#include "client/line_reply_parser.hpp"

namespace client::send {
namespace {

std::string_view without_end(std::string_view line) noexcept {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

streams::Task<Answer> ask(streams::Connection& connection, Protocol protocol, std::string line) {
  streams::StreamWriter& writer = connection.writer();
  if (protocol == Protocol::echo) {
    writer.write(line);
    writer.write("\n");
  } else {
    writer.write(without_end(line));
    writer.write("\r\n");
  }
  Answer answer;
  LineReplyParser parser;
  while (!parser.is_complete()) {
    const streams::Chunk chunk = co_await connection.reader().readline();
    answer.ec = chunk.ec;
    // A reply that was cut off is none.
    if (!chunk.ec && !chunk.data.ends_with('\n')) answer.ec = streams::Error::incomplete_read;
    if (!answer.ec && answer.text.size() + chunk.data.size() > 2 * max_line) {
      answer.ec = std::make_error_code(std::errc::message_size);
    }
    if (answer.ec) co_return answer;
    answer.text += chunk.data;
    if (protocol == Protocol::echo) break;
    parser.take(chunk.data);
  }
  if (protocol == Protocol::echo) {
    const std::string_view text = answer.text;
    answer.different = text.substr(0, text.size() - 1) != line;
  }
  co_return answer;
}

}  // namespace client::send
