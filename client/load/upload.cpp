#include "client/load/upload.hpp"

#include <limits>

namespace client::load {

Upload::Upload(ThreadContext& context, std::uint64_t number)
    : LoadConnection(context, number),
      due_(context.loop, std::numeric_limits<std::size_t>::max()) {}

void Upload::due(Time when, Time) {
  context_.progress.begin();
  due_.put_nowait(Time{when});
}

void Upload::drop_unsent(Time) {
  while (due_.get_nowait()) {
    due_.task_done();
    ++context_.tally.unsent;
    context_.progress.end();
  }
}

void Upload::end() {
  due_.close();
  LoadConnection::end();
}

streams::Task<std::error_code> Upload::serve() {
  if (!co_await context_.started.wait()) co_return streams::make_cancelled();
  if (context_.plan.open_loop()) {
    while (const auto when = co_await due_.get()) {
      due_.task_done();
      if (const auto ec = co_await send(*when)) co_return ec;
    }
  } else {
    while (context_.progress.take()) {
      if (const auto ec = co_await send(Clock::now())) co_return ec;
    }
  }
  const streams::Chunk end = co_await connection_->reader().read(1);
  co_return end.ec;
}

streams::Task<std::error_code> Upload::send(Time when) {
  streams::StreamWriter& writer = connection_->writer();
  writer.write(context_.messages.request(number_, sent_++));
  const std::error_code ec = co_await writer.drain();
  if (!ec) {
    was_useful_ = true;
    if (when >= context_.tally.measured_from) {
      ++context_.tally.figures->requests;
      context_.tally.last_reply = Clock::now();
    }
  }
  context_.progress.end();
  co_return ec;
}

}  // namespace client::load
