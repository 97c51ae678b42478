// A line to a service, and its reply: what `ask` and `send` do alike. On a connection of the
// caller's, whose loop's thread this is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include "client/line_reply_parser.hpp"
#include "streams/stream_reader.hpp"
#include "streams/stream_writer.hpp"
#include "streams/task.hpp"

namespace client {

enum class LineProtocol : std::uint8_t {
  echo,  ///< the line itself comes back
  line   ///< a line comes back, or as many as a first one says: *3
};

inline constexpr std::size_t max_line = std::size_t{1} << 20U;  ///< bytes, of a line either way

struct LineReply {
  LineReply() = default;
  std::error_code ec;      ///< what kept a whole reply from coming
  std::string text;        ///< the reply, with its line feeds
  bool is_error = false;   ///< one that begins with a minus sign, in the line protocol
  bool different = false;  ///< an echo that is not the line
};

/// Whether a service answers `line`: not an empty one in the line protocol.
bool has_reply(LineProtocol protocol, std::string_view line) noexcept;

/// Hands `line`, which has no line feed, to `writer` with the line end of the protocol. In the line
/// protocol a carriage return at its end is part of that, and a byte of 255 goes out twice, as
/// telnet wants.
void write_line(streams::StreamWriter& writer, LineProtocol protocol, std::string_view line);

/// Puts replies together, one after the other, from what is read. A value.
class ReplyAssembler {
 public:
  explicit ReplyAssembler(LineProtocol protocol) noexcept : protocol_(protocol) {}

  /// Takes a line, or a part of one. std::errc::message_size when the reply has more than
  /// 2 * max_line; then it is of no more use.
  std::error_code add(std::string_view piece);
  /// Whether a whole reply is there, to be taken.
  bool is_complete() const noexcept { return complete_; }
  /// The reply to `line`, which is complete.
  LineReply take(std::string_view line);

 private:
  LineProtocol protocol_;
  std::string text_;
  LineReplyParser parser_;
  bool complete_ = false;
};

/// The reply to `line`, which was sent. `reader` has max_line as its limit; a longer line, or
/// 2 * max_line in all, is an error. After an error the connection is of no more use.
streams::Task<LineReply> read_reply(streams::StreamReader& reader, LineProtocol protocol,
                                    std::string line);

/// Why there is no reply, for people.
std::string explain(const std::error_code& ec);

}  // namespace client
