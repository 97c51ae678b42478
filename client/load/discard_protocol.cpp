// The discard protocol (RFC 863): the service takes what comes and answers nothing.
#include <optional>

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

  void take(Time when, Time now) override;
  void drop_unsent() override;
  void end() override;

 private:
  streams::Task<std::error_code> serve() override;
  streams::Task<std::error_code> send(Time when);

  std::uint64_t fail_in_flight(ErrorKind kind, const std::string& words, Time now) override;

  streams::Queue<Time> taken_;  // one at most
  std::uint64_t sent_ = 0;
  std::optional<Time> begun_;  // the message that is being handed over was due then
  Time sent_at_;
};

Upload::Upload(ThreadContext& context, std::uint64_t number)
    : LoadConnection(context, number), taken_(context.loop, 1) {}

void Upload::take(Time when, Time) { taken_.put_nowait(Time{when}); }

void Upload::drop_unsent() {
  while (const auto when = taken_.get_nowait()) {
    taken_.task_done();
    context_.tally.unsent.push_back(*when);
    context_.progress.end();
  }
}

void Upload::end() {
  taken_.close();
  LoadConnection::end();
}

streams::Task<std::error_code> Upload::serve() {
  const bool started = co_await context_.started.wait();
  if (!started) co_return streams::make_cancelled();
  if (context_.plan.open_loop()) {
    for (;;) {
      context_.dispatcher.offer(*this, Clock::now());
      const auto when = co_await taken_.get();
      if (!when) break;
      taken_.task_done();
      const std::error_code ec = co_await send(*when);
      if (ec) co_return ec;
    }
  } else {
    while (context_.progress.take()) {
      const Time now = Clock::now();
      context_.tally.offered(now);
      const std::error_code ec = co_await send(now);
      if (ec) co_return ec;
    }
  }
  const streams::Chunk end = co_await connection_->reader().read(1);
  co_return end.ec;
}

streams::Task<std::error_code> Upload::send(Time when) {
  streams::StreamWriter& writer = connection_->writer();
  begun_ = when;
  sent_at_ = Clock::now();
  context_.tally.sent(when, sent_at_);
  writer.write(context_.messages.request(number_, sent_++));
  const std::error_code ec = co_await writer.drain();
  // Counted by disconnect().
  if (ec) co_return ec;
  begun_.reset();
  was_useful_ = true;
  context_.tally.answered(when, sent_at_, Clock::now(), target_);
  context_.progress.end();
  co_return ec;
}

std::uint64_t Upload::fail_in_flight(ErrorKind kind, const std::string& words, Time now) {
  if (!begun_) return 0;
  context_.tally.failed(kind, *begun_, sent_at_, now, target_, words);
  begun_.reset();
  return 1;
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
