#include "client/ping/pinger.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "client/ping/payload.hpp"
#include "streams/shield.hpp"
#include "streams/sleep.hpp"
#include "streams/timeout.hpp"

namespace client::ping {
namespace {

using Clock = std::chrono::steady_clock;

struct Answer {
  std::error_code ec;     ///< what kept a whole reply from coming
  std::string different;  ///< the piece that was not what it had to be
};

/// Stops at the first piece that differs: the rest of another protocol's reply may never come.
streams::Task<Answer> read_reply(streams::StreamReader& reader, std::string expected) {
  Answer reply;
  std::size_t have = 0;
  while (have < expected.size()) {
    const streams::Chunk chunk = co_await reader.read(expected.size() - have);
    reply.ec = chunk.ec;
    if (chunk.ec) break;
    if (expected.compare(have, chunk.data.size(), chunk.data) != 0) {
      reply.different = chunk.data;
      break;
    }
    have += chunk.data.size();
  }
  co_return reply;
}

bool is_cancelled(const std::error_code& ec) { return ec == std::errc::operation_canceled; }

std::string lost_connection(const std::error_code& ec) {
  if (ec == streams::Error::end_of_stream) return "the target closed the connection";
  return "the connection broke: " + ec.message();
}

}  // namespace

Pinger::Pinger(streams::EventLoop& loop, const Options& options, const Target& target,
               Reporter& reporter)
    : loop_(loop),
      options_(options),
      target_(target),
      reporter_(reporter),
      handshake_(loop, target.address, options.socket) {}

streams::Task<void> Pinger::run() {
  auto next = Clock::now();
  for (std::uint64_t sequence = 1;; ++sequence) {
    const bool go_on = co_await ping(sequence);
    if (!go_on || sequence == options_.count) break;
    // After a late reply the next ping is not late as well.
    next = std::max(next + options_.interval, Clock::now() - options_.interval);
    const std::error_code ec = co_await streams::sleep_until(loop_, next);
    if (ec) break;
  }
  co_await close();
}

streams::Task<bool> Pinger::ping(std::uint64_t sequence) {
  if (options_.protocol == Protocol::connect) return shake_hands(sequence);
  return round_trip(sequence);
}

streams::Task<bool> Pinger::shake_hands(std::uint64_t sequence) {
  const Connected connected = co_await connect(sequence);
  if (connection_ != nullptr) answer(sequence, connected.time);
  if (options_.proxy) {
    // The header leaves at the end of this turn.
    const std::chrono::milliseconds one_turn{0};
    co_await streams::sleep_for(loop_, one_turn);
  }
  connection_.reset();
  co_return connected.go_on;
}

streams::Task<bool> Pinger::round_trip(std::uint64_t sequence) {
  if (connection_ == nullptr) {
    const Connected connected = co_await connect(sequence);
    if (connection_ == nullptr) co_return connected.go_on;
  }
  const Payload payload = make_payload(options_.protocol, sequence, options_.size);
  const auto start = Clock::now();
  connection_->writer().write(payload.request);
  const auto timed = co_await streams::with_timeout(
      loop_, options_.timeout, read_reply(connection_->reader(), payload.reply));
  const auto time = Clock::now() - start;
  const Answer& reply = timed.value;
  if (!reply.ec && reply.different.empty()) {
    answer(sequence, time);
    co_return true;
  }
  if (reply.ec && timed.ec) {
    ++silent_;
    lose(sequence, "no reply in " + in_milliseconds(options_.timeout) + " ms");
  } else if (is_cancelled(reply.ec)) {
    co_return false;
  } else if (reply.ec) {
    lose(sequence, lost_connection(reply.ec));
  } else {
    lose(sequence, explain_mismatch(options_.protocol, reply.different));
  }
  // A late reply must not be taken for the next one's.
  connection_->writer().abort();
  connection_.reset();
  co_return true;
}

streams::Task<Pinger::Connected> Pinger::connect(std::uint64_t sequence) {
  auto timed = co_await streams::with_timeout(loop_, options_.timeout, handshake_.shake());
  Shaken& shaken = timed.value;
  connection_ = std::move(shaken.connection);
  Connected connected;
  connected.time = shaken.time;
  if (connection_ != nullptr) {
    introduce(options_.proxy, *connection_);
    const bool has_addresses = std::holds_alternative<streams::HostPort>(target_.address);
    address_ = has_addresses ? connection_->writer().peername().to_string() : std::string();
  } else if (timed.ec) {
    lose(sequence, shaken.failed + (": no answer in " + in_milliseconds(options_.timeout) + " ms"));
  } else if (is_cancelled(shaken.ec)) {
    connected.go_on = false;
  } else {
    lose(sequence, std::string(shaken.failed) + ": " + shaken.ec.message());
  }
  co_return connected;
}

streams::Task<void> Pinger::close() {
  if (connection_ == nullptr) co_return;
  connection_->writer().close();
  // Also after Ctrl-C: the service sees an end, not a reset.
  auto closing = streams::shield(connection_->writer().wait_closed(std::chrono::milliseconds{500}));
  co_await std::move(closing);
  connection_.reset();
}

void Pinger::lose(std::uint64_t sequence, const std::string& why) {
  statistics_.lose();
  reporter_.lost(target_.name, sequence, why);
}

void Pinger::answer(std::uint64_t sequence, Duration time) {
  statistics_.answer(time);
  Reply reply;
  reply.target = target_.name;
  reply.address = address_;
  reply.sequence = sequence;
  reply.time = time;
  reporter_.answered(reply);
}

}  // namespace client::ping
