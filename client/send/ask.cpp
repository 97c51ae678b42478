#include "client/send/ask.hpp"

#include <charconv>
#include <string_view>

namespace client::send {
namespace {

std::string_view without_end(std::string_view line) noexcept {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::size_t lines_after(std::string_view first) noexcept {
  first = without_end(first);
  if (first.size() < 2 || first.front() != '*') return 0;
  std::size_t count = 0;
  const char* const end = first.data() + first.size();
  const auto [last, ec] = std::from_chars(first.data() + 1, end, count);
  return ec == std::errc{} && last == end ? count : 0;
}

streams::Task<Reply> ask(streams::Connection& connection, Protocol protocol,
                         const std::string& line) {
  streams::StreamWriter& writer = connection.writer();
  if (protocol == Protocol::echo) {
    writer.write(line);
    writer.write("\n");
  } else {
    writer.write(without_end(line));
    writer.write("\r\n");
  }
  Reply reply;
  for (std::size_t left = 1; left > 0; --left) {
    const streams::Chunk chunk = co_await connection.reader().readline();
    reply.ec = chunk.ec;
    // A reply that was cut off is none.
    if (!chunk.ec && !chunk.data.ends_with('\n')) reply.ec = streams::Error::incomplete_read;
    if (!reply.ec && reply.text.size() + chunk.data.size() > 2 * max_line) {
      reply.ec = std::make_error_code(std::errc::message_size);
    }
    if (reply.ec) co_return reply;
    if (reply.text.empty() && protocol == Protocol::line) left += lines_after(chunk.data);
    reply.text += chunk.data;
  }
  if (protocol == Protocol::echo) {
    const std::string_view text = reply.text;
    reply.different = text.substr(0, text.size() - 1) != line;
  }
  co_return reply;
}

}  // namespace client::send
