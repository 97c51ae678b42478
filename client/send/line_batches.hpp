// read_batches: the lines of an input, as many at a time as a read of it brought.
#pragma once

#include <string_view>
#include <system_error>
#include <vector>

#include "streams/async_generator.hpp"
#include "streams/stream_reader.hpp"

namespace client::send {

struct LineBatch {
  LineBatch() = default;
  std::error_code ec;                   ///< of the read; the last batch then, without lines
  std::vector<std::string_view> lines;  ///< without their LF; valid until the next batch
  bool too_long = false;  ///< behind them is a line over max_line; the last batch then
};

/// Nothing is read before it is asked for. `input` outlives the generator. Cancelling is an `ec`
/// like any other.
streams::AsyncGenerator<LineBatch> read_batches(streams::StreamReader& input);

}  // namespace client::send
