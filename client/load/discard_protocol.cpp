// The discard protocol (RFC 863): the service takes what comes and answers nothing.
#include <limits>

#include "client/load/echo_messages.hpp"
#include "client/load/load_connection.hpp"
#include "client/load/protocol.hpp"
#include "streams/queue.hpp"

namespace client::load {
namespace {

/// A connection that only sends. A message is done when the connection has taken it; how long that
/// took says little, and is not measured.
class Upload final : public LoadConnection {
 public:
  Upload(ThreadContext& context, std::uint64_t number);

  void due(Time when, Time now) override;
  void drop_unsent(Time now) override;
  void end() override;

 private:
  streams::Task<std::error_code> serve() override;
  streams::Task<std::error_code> send(Time when);

  streams::Queue<Time> due_;
  std::uint64_t sent_ = 0;
};

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

}  // namespace

constinit const Protocol discard_protocol{
    .name = "discard",
    .has_replies = false,
    .make_messages = make_echo_messages,
    .make_connection = [](ThreadContext& context, std::uint64_t number)
        -> std::unique_ptr<LoadConnection> { return std::make_unique<Upload>(context, number); },
};

}  // namespace client::load
