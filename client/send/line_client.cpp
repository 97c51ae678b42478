#include "client/send/line_client.hpp"

#include <utility>

#include "streams/backoff.hpp"
#include "streams/open_connection.hpp"
#include "streams/timeout.hpp"

namespace client::send {
namespace {

using Clock = std::chrono::steady_clock;

streams::Task<streams::Chunk> read_anything(streams::StreamReader& reader) {
  constexpr std::size_t shown = 40;
  co_return co_await reader.read(shown);
}

streams::Task<void> wait_for(streams::Event& event) { co_await event.wait(); }

}  // namespace

LineClient::LineClient(streams::EventLoop& loop, const Options& options, std::uint64_t seed,
                       streams::Event& stopping)
    : loop_(loop), options_(options), seed_(seed), stopping_(stopping) {}

streams::Task<LineResult> LineClient::request(std::string line) {
  Request request{.line = line, .result = {}};
  streams::Backoff backoff(std::chrono::milliseconds{100}, std::chrono::seconds{5}, seed_);
  std::error_code ec;
  // Unlike retry() it stops between two attempts while the one that is under way goes on.
  for (std::uint64_t attempts = 1;; ++attempts) {
    ec = co_await attempt(request);
    if (!ec || ec == std::errc::operation_canceled || attempts > options_.retries) break;
    const bool go_on = co_await pause(backoff.next());
    if (!go_on) break;
  }
  if (ec) {
    request.result.ec = ec;
    request.result.status =
        request.result.times_sent == 0 ? LineResult::Status::not_sent : LineResult::Status::lost;
  }
  co_return std::move(request.result);
}

streams::Task<std::error_code> LineClient::attempt(Request& request) {
  const std::error_code cancelled = co_await look_at_connection(request);
  if (cancelled) co_return cancelled;
  if (connection_ == nullptr) {
    const std::error_code ec = co_await connect();
    if (ec) co_return ec;
  }
  ++request.result.times_sent;
  write_line(connection_->writer(), options_.protocol, request.line);
  streams::Timed<LineReply> timed = co_await streams::with_timeout(
      loop_, options_.timeout, read_reply(connection_->reader(), options_.protocol, request.line));
  last_used_ = Clock::now();
  LineReply& answer = timed.value;
  if (answer.ec) {
    // A late reply must not be taken for the next one's.
    connection_->writer().abort();
    connection_.reset();
    const std::error_code ec = timed.ec ? timed.ec : answer.ec;
    if (!options_.at_most_once) co_return ec;
    request.result.status = LineResult::Status::lost;
    request.result.ec = ec;
    co_return std::error_code{};
  }
  request.result.status =
      answer.different ? LineResult::Status::different : LineResult::Status::answered;
  request.result.reply = std::move(answer.text);
  co_return std::error_code{};
}

streams::Task<std::error_code> LineClient::connect() {
  streams::StreamOptions stream_options;
  stream_options.limit = max_line;
  streams::Timed<streams::Opened> timed = co_await streams::with_timeout(
      loop_, options_.timeout, streams::open_connection(loop_, options_.target, stream_options));
  connection_ = std::move(timed.value.connection);
  last_used_ = Clock::now();
  co_return connection_ != nullptr || !timed.ec ? timed.value.ec : timed.ec;
}

// What has come unasked would pass for the reply to the next line. And a service may have closed a
// connection that was idle: a line sent on it would count as one that may have been executed,
// although it was not.
streams::Task<std::error_code> LineClient::look_at_connection(Request& request) {
  constexpr auto idle = std::chrono::milliseconds{50};
  if (connection_ == nullptr) co_return std::error_code{};
  const bool has_come =
      connection_->reader().buffered() != 0 || connection_->transport().readable();
  if (!has_come && Clock::now() - last_used_ < idle) co_return std::error_code{};
  auto looking = streams::with_timeout(loop_, std::chrono::nanoseconds{1},
                                       read_anything(connection_->reader()));
  const auto timed = co_await std::move(looking);
  if (timed.value.ec == std::errc::operation_canceled) {
    co_return timed.ec ? std::error_code{} : timed.value.ec;  // nothing has come, or all is over
  }
  if (!timed.value.ec) request.result.surplus = timed.value.data;
  connection_->writer().abort();
  connection_.reset();
  co_return std::error_code{};
}

// False when there is to be no other attempt.
streams::Task<bool> LineClient::pause(std::chrono::steady_clock::duration delay) {
  if (stopping_.is_set()) co_return false;
  auto waiting = streams::with_timeout(loop_, delay, wait_for(stopping_));
  const auto timed = co_await std::move(waiting);
  co_return timed.ec && !stopping_.is_set();
}

streams::Task<std::string> LineClient::close() {
  std::string surplus;
  if (connection_ == nullptr) co_return surplus;
  connection_->writer().write_eof();
  auto reading = streams::with_timeout(loop_, std::chrono::milliseconds{500},
                                       read_anything(connection_->reader()));
  const auto timed = co_await std::move(reading);
  if (!timed.value.ec) surplus = timed.value.data;
  connection_->writer().close();
  co_await connection_->writer().wait_closed(std::chrono::milliseconds{500});
  connection_.reset();
  co_return surplus;
}

}  // namespace client::send
