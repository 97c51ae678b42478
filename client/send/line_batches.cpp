#include "client/send/line_batches.hpp"

#include <optional>

#include "client/line_exchange.hpp"
#include "client/send/line_splitter.hpp"

namespace client::send {
namespace {

constexpr std::size_t max_piece = 64 * 1024;  // bytes

}  // namespace

streams::AsyncGenerator<LineBatch> read_batches(streams::StreamReader& input) {
  LineSplitter splitter;
  LineBatch batch;
  for (;;) {
    const streams::Chunk piece = co_await input.read(max_piece);
    if (piece.ec == streams::Error::end_of_stream) break;
    batch.lines.clear();
    batch.ec = piece.ec;
    splitter.feed(piece.data);
    while (const auto line = splitter.next()) batch.lines.push_back(*line);
    batch.too_long = splitter.pending() > max_line;
    const bool is_last = batch.ec || batch.too_long;
    if (is_last || !batch.lines.empty()) co_yield batch;
    if (is_last) co_return;
  }
  const std::optional<std::string_view> last = splitter.rest();
  if (!last) co_return;
  batch.lines.assign(1, *last);
  co_yield batch;
}

}  // namespace client::send
