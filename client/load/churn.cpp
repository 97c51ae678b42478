#include "client/load/churn.hpp"

#include <utility>

#include "streams/buffer_pool.hpp"

namespace client::load {

Churn::Churn(ThreadContext& context, std::uint64_t number)
    : RequestPipeline(context, number), taken_(context.loop, 1) {}

streams::Task<void> Churn::run() {
  report_first_connect();
  const bool started = co_await context_.started.wait();
  if (!started) co_return;
  if (context_.plan.open_loop()) {
    for (;;) {
      context_.dispatcher.offer(*this, Clock::now());
      const auto when = co_await taken_.get();
      if (!when) co_return;
      taken_.task_done();
      co_await exchange(*when);
    }
  } else {
    while (context_.progress.take()) {
      const Time now = Clock::now();
      context_.tally.offered(now);
      co_await exchange(now);
    }
  }
}

void Churn::take(Time when, Time now) {
  if (connection_ != nullptr) return RequestPipeline::take(when, now);
  taken_.put_nowait(Time{when});
}

void Churn::drop_unsent() {
  while (const auto when = taken_.get_nowait()) {
    taken_.task_done();
    context_.tally.unsent.push_back(*when);
    context_.progress.end();
  }
}

void Churn::end() {
  taken_.close();
  LoadConnection::end();
}

streams::Task<void> Churn::exchange(Time when) {
  streams::Permit permit = co_await context_.connector.permit();
  bool connected = false;
  if (permit) connected = co_await connect(std::move(permit));
  if (!connected) {
    const ErrorKind kind = context_.interrupted ? ErrorKind::abandoned : connect_failure_;
    context_.tally.failed(kind, when, Time{}, Clock::now(), target_);
    context_.progress.end();
    co_return;
  }
  allow(context_.plan.churn);
  const Time now = Clock::now();
  send(when, now);
  send_more(now);
  auto serving = faulty_ == nullptr ? serve() : serve_with_faults();
  const std::error_code ec = co_await std::move(serving);
  disconnect(ec);
}

streams::Task<std::error_code> Churn::serve() {
  streams::StreamReader& reader = connection_->reader();
  while (!is_done()) {
    const streams::Chunk chunk = co_await reader.read(streams::BufferPool::block_size);
    if (!chunk) co_return chunk.ec;
    if (!on_received(chunk.data)) break;
  }
  co_return streams::no_error();
}

std::unique_ptr<LoadConnection> make_request_connection(ThreadContext& context,
                                                        std::uint64_t number) {
  if (context.plan.churn) return std::make_unique<Churn>(context, number);
  return std::make_unique<RequestPipeline>(context, number);
}

}  // namespace client::load
