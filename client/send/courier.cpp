#include "client/send/courier.hpp"

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

Courier::Courier(streams::EventLoop& loop, const Options& options, std::uint64_t seed)
    : loop_(loop), options_(options), seed_(seed) {}

streams::Task<Delivery> Courier::deliver(const std::string& line) {
  Errand errand{.line = line, .delivery = {}};
  streams::RetryPolicy policy;
  policy.attempts = static_cast<unsigned>(options_.retries + 1);
  policy.cap = std::chrono::seconds{5};
  policy.seed = seed_;
  const auto factory = [this, &errand] { return attempt(errand); };
  const std::error_code ec = co_await streams::retry(loop_, policy, factory);
  if (ec) {
    errand.delivery.ec = ec;
    errand.delivery.fate =
        errand.delivery.times_sent == 0 ? Delivery::Fate::not_sent : Delivery::Fate::lost;
  }
  co_return std::move(errand.delivery);
}

streams::Task<std::error_code> Courier::attempt(Errand& errand) {
  co_await drop_stale_connection();
  if (connection_ == nullptr) {
    const std::error_code ec = co_await connect();
    if (ec) co_return ec;
  }
  ++errand.delivery.times_sent;
  streams::Timed<Reply> timed = co_await streams::with_timeout(
      loop_, options_.timeout, ask(*connection_, options_.protocol, errand.line));
  last_used_ = Clock::now();
  Reply& reply = timed.value;
  if (reply.ec) {
    // A late reply must not be taken for the next one's.
    connection_->writer().abort();
    connection_.reset();
    const std::error_code ec = timed.ec ? timed.ec : reply.ec;
    if (!options_.at_most_once) co_return ec;
    errand.delivery.fate = Delivery::Fate::lost;
    errand.delivery.ec = ec;
    co_return std::error_code{};
  }
  errand.delivery.fate = reply.different ? Delivery::Fate::different : Delivery::Fate::answered;
  errand.delivery.reply = std::move(reply.text);
  co_return std::error_code{};
}

streams::Task<std::error_code> Courier::connect() {
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
streams::Task<void> Courier::drop_stale_connection() {
  constexpr auto idle = std::chrono::milliseconds{50};
  if (connection_ == nullptr || Clock::now() - last_used_ < idle) co_return;
  const auto timed = co_await streams::with_timeout(loop_, std::chrono::milliseconds{0},
                                                    read_anything(connection_->reader()));
  if (timed.value.ec == std::errc::operation_canceled) co_return;
  connection_->writer().abort();
  connection_.reset();
}

streams::Task<void> Courier::close() {
  if (connection_ == nullptr) co_return;
  connection_->writer().close();
  co_await connection_->writer().wait_closed(std::chrono::milliseconds{500});
  connection_.reset();
}

}  // namespace client::send
