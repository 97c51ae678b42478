#include "client/load/upload.hpp"

#include <limits>

namespace client::load {

Upload::Upload(Crew& crew, std::uint64_t number)
    : Lane(crew, number), due_(crew.loop, std::numeric_limits<std::size_t>::max()) {}

void Upload::due(Time when, Time) {
  crew_.progress.begin();
  due_.put_nowait(Time{when});
}

void Upload::drop_unsent(Time) {
  while (due_.get_nowait()) {
    due_.task_done();
    ++crew_.tally.unsent;
    crew_.progress.end();
  }
}

void Upload::end() {
  due_.close();
  Lane::end();
}

streams::Task<std::error_code> Upload::serve() {
  if (!co_await crew_.started.wait()) co_return streams::make_cancelled();
  if (crew_.plan.open_loop()) {
    while (const auto when = co_await due_.get()) {
      due_.task_done();
      if (const auto ec = co_await send(*when)) co_return ec;
    }
  } else {
    while (crew_.progress.take()) {
      if (const auto ec = co_await send(Clock::now())) co_return ec;
    }
  }
  const streams::Chunk end = co_await connection_->reader().read(1);
  co_return end.ec;
}

streams::Task<std::error_code> Upload::send(Time when) {
  streams::StreamWriter& writer = connection_->writer();
  writer.write(crew_.messages.request(number_, sent_++));
  const std::error_code ec = co_await writer.drain();
  if (!ec) {
    was_useful_ = true;
    if (when >= crew_.tally.measured_from) {
      ++crew_.tally.figures->requests;
      crew_.tally.last_reply = Clock::now();
    }
  }
  crew_.progress.end();
  co_return ec;
}

}  // namespace client::load
