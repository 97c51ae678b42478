// Character generator, RFC 864: lines of 72 printing characters, each beginning one later in the
// ring than the line before, until the peer goes. Input stays unread: it could only be thrown away.
#include <array>
#include <cstddef>

#include "server/protocols/protocol.hpp"

namespace server::protocols {
namespace {

constexpr char first_character = ' ';
constexpr std::size_t ring_size = 95;  // ' ' to '~'
constexpr std::size_t line_size = 72;
constexpr std::size_t line_with_end = line_size + 2;

// After ring_size lines the pattern begins again.
constexpr auto pattern = [] {
  std::array<char, ring_size * line_with_end> text{};
  for (std::size_t line = 0; line < ring_size; ++line) {
    char* const out = text.data() + line * line_with_end;
    for (std::size_t i = 0; i < line_size; ++i) {
      out[i] = static_cast<char>(first_character + static_cast<char>((line + i) % ring_size));
    }
    out[line_size] = '\r';
    out[line_size + 1] = '\n';
  }
  return text;
}();

}  // namespace

streams::Task<std::error_code> chargen(streams::StreamReader& reader, streams::StreamWriter& writer,
                                       const Context&) {
  while (!reader.is_eof_fed()) {
    writer.write({pattern.data(), pattern.size()});
    if (const std::error_code ec = co_await writer.drain()) co_return ec;
  }
  co_return streams::Error::end_of_stream;
}

}  // namespace server::protocols
