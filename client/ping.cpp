#include "client/ping.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <utility>

#include <asio/signal_set.hpp>

#include "streams/await_asio.hpp"
#include "streams/open_connection.hpp"
#include "streams/sleep.hpp"
#include "streams/timeout.hpp"

namespace client {
namespace {

using Clock = std::chrono::steady_clock;

streams::Task<streams::Chunk> read_reply(streams::StreamReader& reader, std::size_t size) {
  co_return co_await reader.readexactly(size);
}

}  // namespace

Ping::Ping(streams::EventLoop& loop, PingOptions options)
    : loop_(loop),
      options_(std::move(options)),
      target_(streams::to_string(options_.target)),
      tasks_(loop) {}

streams::Task<bool> Ping::run() {
  tasks_.spawn(watch_interrupt());
  tasks_.spawn(send_all());
  co_await tasks_.join();
  print_statistics();
  co_return sent_ != 0 && times_.count() == sent_;
}

streams::Task<void> Ping::watch_interrupt() {
  asio::signal_set signals(loop_.context(), SIGINT, SIGTERM);
  const auto [ec, number] = co_await signals.async_wait(streams::use_task);
  if (ec) co_return;
  interrupted_ = true;
  tasks_.cancel();
}

streams::Task<void> Ping::send_all() {
  auto next = Clock::now();
  for (std::uint64_t sequence = 1; options_.count == 0 || sequence <= options_.count; ++sequence) {
    co_await round_trip(sequence);
    next = std::max(next + options_.interval, Clock::now() - options_.interval);
    if (sequence == options_.count || interrupted_) break;
    if (co_await streams::sleep_until(loop_, next)) break;
  }
  co_await close();
  tasks_.cancel();
}

streams::Task<void> Ping::round_trip(std::uint64_t sequence) {
  ++sent_;
  if (connection_ == nullptr && !co_await connect()) co_return;
  const PingPayload payload = make_ping(options_.protocol, sequence, options_.size);
  const auto start = Clock::now();
  connection_->writer().write(payload.request);
  const auto reply = co_await streams::with_timeout(
      loop_, options_.timeout, read_reply(connection_->reader(), payload.reply.size()));
  const auto time = Clock::now() - start;
  if (reply.value.data == payload.reply) {
    times_.add(time);
    report(sequence, "time=" + in_milliseconds(time) + " ms");
    co_return;
  }
  if (interrupted_) {
    // Nobody waited for this one to the end.
    --sent_;
  } else if (reply.ec) {
    report(sequence, "no reply in " + in_milliseconds(options_.timeout) + " ms");
  } else if (reply.value.ec) {
    report(sequence, "connection lost: " + reply.value.ec.message());
  } else {
    report(sequence,
           "the reply differs from what was sent; does the target speak another "
           "protocol? (--protocol echo or line)");
  }
  // A late reply must not be taken for the next one's.
  co_await close();
}

streams::Task<bool> Ping::connect() {
  auto opened = co_await streams::with_timeout(loop_, options_.timeout,
                                               streams::open_connection(loop_, options_.target));
  if (opened.value.connection != nullptr) {
    connection_ = std::move(opened.value.connection);
    co_return true;
  }
  if (interrupted_) {
    --sent_;
  } else {
    std::fprintf(stderr, "echoline: cannot connect to %s: %s\n", target_.c_str(),
                 (opened.ec ? opened.ec : opened.value.ec).message().c_str());
  }
  co_return false;
}

streams::Task<void> Ping::close() {
  if (connection_ == nullptr) co_return;
  if (interrupted_) {
    connection_->writer().abort();
  } else {
    connection_->writer().close();
    co_await connection_->writer().wait_closed(std::chrono::milliseconds{500});
  }
  connection_.reset();
}

void Ping::report(std::uint64_t sequence, const std::string& what) {
  std::printf("%zu bytes from %s: seq=%llu %s\n", options_.size, target_.c_str(),
              static_cast<unsigned long long>(sequence), what.c_str());
  std::fflush(stdout);
}

void Ping::print_statistics() const {
  const auto lost = sent_ - times_.count();
  std::printf("\n--- %s ping statistics ---\n%llu sent, %zu answered, %llu lost\n", target_.c_str(),
              static_cast<unsigned long long>(sent_), times_.count(),
              static_cast<unsigned long long>(lost));
  if (times_.count() != 0) std::printf("%s\n", times_.summary().c_str());
}

}  // namespace client
