// The same input in every way that a network may cut it: readers must not see the difference.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "streams/task_group.hpp"
#include "tests/streams/wire.hpp"

namespace tests {

using Pieces = std::vector<std::string_view>;

/// Calls `visit` with `text` whole, cut in two at every position, cut in three at every pair of
/// positions when it has at most `max_for_pairs` bytes, and byte by byte.
template <class Visit>
void for_each_cut(std::string_view text, Visit visit, std::size_t max_for_pairs = 24) {
  visit(Pieces{text});
  for (std::size_t i = 1; i < text.size(); ++i) {
    visit(Pieces{text.substr(0, i), text.substr(i)});
    if (text.size() > max_for_pairs) continue;
    for (std::size_t j = i + 1; j < text.size(); ++j) {
      visit(Pieces{text.substr(0, i), text.substr(i, j - i), text.substr(j)});
    }
  }
  Pieces bytes;
  for (std::size_t i = 0; i < text.size(); ++i) bytes.push_back(text.substr(i, 1));
  visit(bytes);
}

inline std::string to_string(const Pieces& pieces) {
  std::string text;
  for (const std::string_view piece : pieces) (text += '[').append(piece) += ']';
  return text;
}

/// One read after the other, as a log: `data` when it went well, `error:partial` otherwise.
using Log = std::vector<std::string>;

inline std::string logged(const streams::Chunk& chunk) {
  if (chunk) return std::string(chunk.data);
  if (chunk.ec == streams::Error::end_of_stream) return "end:" + std::string(chunk.data);
  if (chunk.ec == streams::Error::limit_overrun) return "overrun:" + std::string(chunk.data);
  if (chunk.ec == streams::Error::incomplete_read) return "incomplete:" + std::string(chunk.data);
  return chunk.ec.message() + ':' + std::string(chunk.data);
}

/// `reads(reader, log)` is a Task that reads to the end of the stream while the pieces arrive, each
/// only after the one before it was taken from the socket.
template <class Reads>
streams::Task<void> feed(Wire& wire, const Pieces& pieces, Log& log, Reads reads) {
  streams::TaskGroup group(wire.loop);
  group.spawn(reads(wire.reader(), log));
  std::size_t sent = 0;
  for (const std::string_view piece : pieces) {
    wire.peer.send(piece);
    sent += piece.size();
    while (wire.transport().bytes_received() < sent && !group.empty()) co_await turn(wire.loop);
  }
  wire.peer.shutdown_send();
  co_await group.join();
}

/// What `reads` logs for `pieces`.
template <class Reads>
Log log_of(const Pieces& pieces, streams::StreamOptions options, Reads reads) {
  Log log;
  Wire wire(unix_pair(), options);
  run(wire.loop, feed(wire, pieces, log, reads));
  return log;
}

}  // namespace tests
