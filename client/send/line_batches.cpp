#include "client/send/line_batches.hpp"

#include <optional>

#include "client/line_exchange.hpp"
#include "client/send/line_splitter.hpp"

namespace client::send {

streams::AsyncGenerator<LineBatch> read_batches(descriptors::FileReader& input) {
  LineSplitter splitter;
  LineBatch batch;
  for (;;) {
    const descriptors::Piece piece = co_await input.read();
    batch.lines.clear();
    batch.ec = piece.ec;
    if (!piece.ec && piece.data.empty()) break;
    splitter.feed(piece.data);
    while (const auto line = splitter.next()) batch.lines.push_back(*line);
    batch.too_long = splitter.pending() > max_line;
    const bool is_last = batch.ec || batch.too_long;
    if (is_last || !batch.lines.empty()) co_yield batch;
    if (is_last) co_return;
  }
  const std::optional<std::string_view> last = splitter.rest();
  if (!last) co_return;
  batch.lines.push_back(*last);
  co_yield batch;
}

}  // namespace client::send
