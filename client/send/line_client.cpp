#include "client/send/line_client.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "streams/error.hpp"
#include "streams/open_connection.hpp"
#include "streams/sleep.hpp"
#include "streams/timeout.hpp"

namespace client::send {
namespace {

constexpr std::chrono::milliseconds close_timeout{500};
constexpr std::size_t shown = 40;  // bytes of what came unasked

}  // namespace

LineClient::LineClient(streams::EventLoop& loop, const Options& options, std::uint64_t seed,
                       streams::Queue<Line>& lines, Owner& owner)
    : loop_(loop),
      options_(options),
      lines_(lines),
      owner_(owner),
      depth_(options.pipeline),
      reply_(options.protocol),
      room_(loop),
      timer_(loop),
      backoff_(std::chrono::milliseconds{100}, std::chrono::seconds{5}, seed) {}

streams::Task<void> LineClient::run() {
  for (;;) {
    if (held_.empty()) {
      std::optional<Line> line = co_await lines_.get();
      if (!line) break;
      held_.emplace_back(std::move(*line));
    }
    std::error_code ec = co_await connect();
    const bool connected = connection_ != nullptr;
    if (connected) ec = co_await exchange();
    end_attempt(ec, connected);
  }
}

void LineClient::stop() noexcept {
  stopping_ = true;
  attempts_.cancel();
}

streams::Task<std::error_code> LineClient::connect() {
  auto opening = open();
  streams::ScopedAwaiter<std::error_code> in_attempts(attempts_, opening);
  co_return co_await in_attempts;
}

streams::Task<std::error_code> LineClient::open() {
  if (delay_ != delay_.zero()) {
    const std::error_code ec = co_await streams::sleep_for(loop_, std::exchange(delay_, {}));
    if (ec) co_return ec;
  }
  streams::StreamOptions stream_options;
  stream_options.limit = max_line;
  auto opening = streams::with_timeout(
      loop_, options_.timeout,
      streams::open_connection(loop_, options_.target, stream_options, options_.socket));
  streams::Timed<streams::Opened> timed = co_await std::move(opening);
  connection_ = std::move(timed.value.connection);
  if (connection_ != nullptr) introduce(options_.proxy, *connection_);
  co_return connection_ != nullptr || !timed.ec ? timed.value.ec : timed.ec;
}

// Until the connection is gone. No error when it left nothing unanswered.
streams::Task<std::error_code> LineClient::exchange() {
  timed_out_ = finishing_ = no_more_lines_ = over_ = false;
  reply_ = ReplyAssembler(options_.protocol);
  auto both =
      streams::task_group(loop_, [this](streams::TaskGroup& group) { return converse(group); });
  std::error_code ec;
  try {
    ec = co_await std::move(both);
  } catch (...) {
    // Either would keep the loop from its end.
    timer_.cancel();
    connection_.reset();
    throw;
  }
  if (timed_out_) ec = std::make_error_code(std::errc::timed_out);
  if (written_ == 0 && ec != std::errc::operation_canceled) ec = {};
  co_await close(ec);
  co_return ec;
}

streams::Task<std::error_code> LineClient::converse(streams::TaskGroup& group) {
  group.spawn(write_lines(), "writes lines");
  const std::error_code ec = co_await read_replies();
  over_ = true;  // also for a writer that was handed a line before it is cancelled
  group.cancel();
  co_return ec;
}

streams::Task<void> LineClient::close(std::error_code ec) {
  timer_.cancel();
  timer_runs_ = false;
  // What never reached the kernel was not executed.
  const std::uint64_t sent = connection_->transport().bytes_sent();
  for (; written_ != 0; --written_) {
    Held& held = held_[written_ - 1];
    if (held.begins_at < sent) ++held.times_sent;
  }
  if (finishing_ && !timed_out_ && !ec) {
    connection_->writer().close();
    co_await connection_->writer().wait_closed(close_timeout);
  } else {
    // A late reply must not be taken for the next one's.
    connection_->writer().abort();
  }
  connection_.reset();
}

// What is there to be sent leaves in one write, at the end of the turn.
streams::Task<void> LineClient::write_lines() {
  constexpr std::chrono::milliseconds idle{50};
  streams::StreamWriter& writer = connection_->writer();
  while (!stopping_ && !over_) {
    while (written_ < std::min(held_.size(), depth_) && !writer.must_drain()) write_next();
    const std::error_code ec = co_await writer.drain();
    if (ec) co_return;  // as the reader finds out
    if (written_ == depth_) {
      room_.clear();
      const bool has_room = co_await room_.wait();
      if (!has_room) co_return;
    } else if (written_ == held_.size()) {
      std::optional<Line> line = co_await lines_.get();
      if (!line && !lines_.is_closed()) co_return;
      if (!line) break;
      held_.emplace_back(std::move(*line));
      // The service may have closed a connection that was idle: a line sent on it would count as
      // one that may have been executed, although it was not.
      if (written_ != 0 || Clock::now() - quiet_since_ < idle) continue;
      const std::error_code gone = co_await streams::sleep_for(loop_, Clock::duration::zero());
      if (gone) co_return;
    }
  }
  if (over_) co_return;
  no_more_lines_ = true;
  finish_when_done();
}

void LineClient::write_next() {
  Held& next = held_[written_];
  streams::StreamWriter& writer = connection_->writer();
  next.begins_at = connection_->transport().bytes_sent() + writer.pending();
  write_line(writer, options_.protocol, next.line.text);
  if (written_++ == 0) wait_at_most(options_.timeout);
}

streams::Task<std::error_code> LineClient::read_replies() {
  streams::StreamReader& reader = connection_->reader();
  for (;;) {
    streams::Chunk chunk;
    if (written_ == 0) {
      // What comes unasked may have no line's end, such as a prompt.
      chunk = co_await reader.read(1);
    } else {
      chunk.data = reader.readline_nowait();
      if (chunk.data.empty()) chunk = co_await reader.readline();
    }
    if (chunk.ec) co_return chunk.ec;
    if (written_ == 0) {
      over_ = true;  // before another read, in which a line could be written
      std::string beginning(chunk.data);
      if (reader.buffered() != 0) {
        const streams::Chunk more = co_await reader.read(shown - 1);
        beginning += more.data;
      }
      owner_.surplus_came(answered_, beginning);
      co_return std::error_code{};
    }
    const std::error_code ec = reply_.add(chunk.data);
    if (ec) co_return ec;
    if (reply_.is_complete()) take_reply();
  }
}

void LineClient::take_reply() {
  Held first = std::move(held_.front());
  held_.pop_front();
  --written_;
  LineReply reply = reply_.take(first.line.text);
  LineResult result;
  result.status = reply.different ? LineResult::Status::different : LineResult::Status::answered;
  result.reply = std::move(reply.text);
  result.times_sent = first.times_sent + 1;
  answered_ = first.line.number;
  progress_ = true;
  quiet_since_ = Clock::now();
  deadline_ = quiet_since_ + options_.timeout;
  depth_ = std::min(2 * depth_, options_.pipeline);
  room_.set();
  owner_.line_done(std::move(first.line), std::move(result));
  finish_when_done();
}

// The service's end is then read as everything else is, and what it still says is surplus.
void LineClient::finish_when_done() {
  if (!no_more_lines_ || written_ != 0 || finishing_) return;
  finishing_ = true;
  connection_->writer().write_eof();
  timer_.cancel();
  timer_runs_ = false;
  wait_at_most(close_timeout);
}

// A timer that runs is left to find out that it is not yet time: replies are many.
void LineClient::wait_at_most(Clock::duration patience) {
  deadline_ = Clock::now() + patience;
  if (std::exchange(timer_runs_, true)) return;
  timer_.call_later(patience, [this] { on_timer(); });
}

void LineClient::on_timer() {
  timer_runs_ = false;
  if (written_ == 0 && !finishing_) return;
  const Clock::duration left = deadline_ - Clock::now();
  if (left > left.zero()) return wait_at_most(left);
  timed_out_ = true;
  connection_->writer().abort();
}

// What it has left unanswered is tried again, or given up.
void LineClient::end_attempt(std::error_code ec, bool was_connected) {
  if (stopping_ || ec == std::errc::operation_canceled) {
    return give_up_all(std::make_error_code(std::errc::operation_canceled));
  }
  const bool progress = std::exchange(progress_, false);
  if (progress) backoff_.reset();
  if (held_.empty()) return;
  if (options_.at_most_once && held_.front().times_sent != 0) {
    depth_ = 1;
    return give_up_sent(ec ? ec : std::make_error_code(std::errc::connection_aborted));
  }
  if (!ec) return;
  depth_ = 1;
  if (++held_.front().failures > options_.retries) {
    // Where there is no service, there is none for the others.
    return was_connected ? give_up(ec) : give_up_all(ec);
  }
  if (!progress) delay_ = backoff_.next();
}

void LineClient::give_up(std::error_code ec) {
  Held first = std::move(held_.front());
  held_.pop_front();
  LineResult result;
  result.status = first.times_sent == 0 ? LineResult::Status::not_sent : LineResult::Status::lost;
  result.ec = ec;
  result.times_sent = first.times_sent;
  owner_.line_done(std::move(first.line), std::move(result));
}

void LineClient::give_up_sent(std::error_code ec) {
  while (!held_.empty() && held_.front().times_sent != 0) give_up(ec);
}

void LineClient::give_up_all(std::error_code ec) {
  while (!held_.empty()) give_up(ec);
}

}  // namespace client::send
