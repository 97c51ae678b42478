#include "client/load/churn.hpp"

#include <limits>
#include <utility>

#include "streams/buffer_pool.hpp"

namespace client::load {

Churn::Churn(Crew& crew, std::uint64_t number)
    : Conversation(crew, number), due_(crew.loop, std::numeric_limits<std::size_t>::max()) {}

streams::Task<void> Churn::run() {
  settle();
  if (!co_await crew_.started.wait()) co_return;
  if (crew_.plan.open_loop()) {
    while (const auto when = co_await due_.get()) {
      due_.task_done();
      co_await exchange(*when);
    }
  } else {
    while (crew_.progress.take()) co_await exchange(Clock::now());
  }
}

void Churn::due(Time when, Time) {
  crew_.progress.begin();
  due_.put_nowait(Time{when});
}

void Churn::drop_unsent(Time now) {
  while (const auto when = due_.get_nowait()) {
    due_.task_done();
    unsent_.push(*when);
  }
  Conversation::drop_unsent(now);
}

void Churn::end() { due_.close(); }

streams::Task<void> Churn::exchange(Time when) {
  streams::Permit permit = co_await crew_.connector.permit();
  if (!permit || !co_await connect(std::move(permit))) {
    crew_.progress.end();
    co_return;
  }
  send(when, Clock::now());
  const std::error_code ec = co_await serve();
  disconnect(ec);
}

streams::Task<std::error_code> Churn::serve() {
  streams::StreamReader& reader = connection_->reader();
  while (!is_answered()) {
    const streams::Chunk chunk = co_await reader.read(streams::BufferPool::block_size);
    if (!chunk) co_return chunk.ec;
    if (!on_received(chunk.data)) break;
  }
  co_return streams::no_error();
}

}  // namespace client::load
