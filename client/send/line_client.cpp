#include "client/send/line_client.hpp"

#include <utility>

#include "streams/open_connection.hpp"
#include "streams/retry.hpp"
#include "streams/timeout.hpp"

namespace client::send {
namespace {

using Clock = std::chrono::steady_clock;

streams::Task<streams::Chunk> read_anything(streams::StreamReader& reader) {
  co_return co_await reader.read(1);
}

}  // namespace

LineClient::LineClient(streams::EventLoop& loop, const Options& options, std::uint64_t seed)
    : loop_(loop), options_(options), seed_(seed) {}

streams::Task<LineResult> LineClient::request(std::string line) {
  Request request{.line = line, .result = {}};
  streams::RetryPolicy policy;
  policy.attempts = static_cast<unsigned>(options_.retries + 1);
  policy.cap = std::chrono::seconds{5};
  policy.seed = seed_;
  const auto factory = [this, &request] { return attempt(request); };
  const std::error_code ec = co_await streams::retry(loop_, policy, factory);
  if (ec) {
    request.result.ec = ec;
    request.result.status =
        request.result.times_sent == 0 ? LineResult::Status::not_sent : LineResult::Status::lost;
  }
  co_return std::move(request.result);
}

streams::Task<std::error_code> LineClient::attempt(Request& request) {
  co_await drop_stale_connection();
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

// A service may have closed a connection that was idle. A line sent on it would count as one that
// may have been executed, although it was not.
streams::Task<void> LineClient::drop_stale_connection() {
  constexpr auto idle = std::chrono::milliseconds{50};
  if (connection_ == nullptr || Clock::now() - last_used_ < idle) co_return;
  auto looking = streams::with_timeout(loop_, std::chrono::nanoseconds{1},
                                       read_anything(connection_->reader()));
  const auto timed = co_await std::move(looking);
  if (timed.value.ec == std::errc::operation_canceled) co_return;
  connection_->writer().abort();
  connection_.reset();
}

streams::Task<void> LineClient::close() {
  if (connection_ == nullptr) co_return;
  connection_->writer().close();
  co_await connection_->writer().wait_closed(std::chrono::milliseconds{500});
  connection_.reset();
}

}  // namespace client::send
