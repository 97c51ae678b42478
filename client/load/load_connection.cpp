#include "client/load/load_connection.hpp"

#include <cassert>
#include <chrono>
#include <utility>

#include "client/load/random.hpp"
#include "streams/sleep.hpp"

namespace client::load {
namespace {

using namespace std::chrono_literals;

ErrorKind kind_of(const std::error_code& ec) {
  if (ec == streams::Error::end_of_stream) return ErrorKind::closed;
  const bool reset = ec == std::errc::connection_reset || ec == std::errc::broken_pipe;
  return reset ? ErrorKind::reset : ErrorKind::other;
}

}  // namespace

LoadConnection::LoadConnection(ThreadContext& context, std::uint64_t number)
    : context_(context),
      number_(number),
      target_(context.plan.target_of(number)),
      backoff_(1ms, 1s, mix(context.plan.seed ^ ~number)) {
  context.dispatcher.add(*this);
}

streams::Task<void> LoadConnection::run() {
  while (!context_.ending) {
    // Waited for here: ten thousand connections may, and so none keeps another coroutine for it.
    streams::Permit permit = co_await context_.connector.permit();
    bool connected = false;
    if (permit) connected = co_await connect(std::move(permit));
    report_first_connect();
    if (!connected) continue;
    auto serving = faulty_ == nullptr ? serve() : serve_with_faults();
    const std::error_code ec = co_await std::move(serving);
    disconnect(ec);
    if (context_.ending || ec == std::errc::operation_canceled) break;
    if (was_useful_) {
      backoff_.reset();
      continue;
    }
    const std::error_code slept = co_await streams::sleep_for(context_.loop, backoff_.next());
    if (slept) break;
  }
  report_first_connect();
}

void LoadConnection::take(Time, Time) { assert(false && "this kind of load has no open loop"); }

void LoadConnection::end() {
  if (connection_ == nullptr) return;
  look_at_network();
  if (context_.plan.close == Close::reset) return connection_->writer().abort();
  faulty_ == nullptr ? connection_->writer().write_eof() : faulty_->write_eof();
}

void LoadConnection::give_up() {
  if (connection_ == nullptr) return;
  break_off(context_.interrupted ? ErrorKind::abandoned : ErrorKind::timeout);
}

streams::Task<bool> LoadConnection::connect(streams::Permit permit) {
  was_useful_ = network_known_ = false;
  Established established = co_await context_.connector.open(number_, std::move(permit));
  connect_failure_ = established.failure;
  if (connect_failure_ != ErrorKind::connect) {
    if (connect_failure_ == ErrorKind::mismatch) context_.check_protocol();
    // One that cannot be made takes its time; another service that takes it does not.
    const Duration pause = backoff_.next();
    co_await streams::sleep_for(context_.loop, pause);
  }
  if (established.connection == nullptr) co_return false;
  connection_ = std::move(established.connection);
  ++context_.tally.active;
  const Plan& plan = context_.plan;
  if (!plan.faults.empty()) {
    // Each connection, and each that comes in its place, has a number of its own.
    const std::uint64_t number = number_ + connected_++ * plan.connections + 1;
    faulty_ = std::make_unique<FaultySender>(
        context_.loop, plan.faults, faults::Identity{plan.seed, number, number}, *connection_);
  }
  co_return true;
}

streams::Task<std::error_code> LoadConnection::serve_with_faults() {
  return streams::task_group(context_.loop,
                             [this](streams::TaskGroup& group) { return serve_beside(group); });
}

streams::Task<std::error_code> LoadConnection::serve_beside(streams::TaskGroup& group) {
  auto sending = group.spawn(faulty_->run(), "faults of requests");
  auto serving = serve();
  const std::error_code ec = co_await std::move(serving);
  sending.cancel();
  co_return ec;
}

void LoadConnection::disconnect(const std::error_code& ec) {
  stand_by_no_more();
  Tally& tally = context_.tally;
  const Time now = Clock::now();
  ErrorKind kind = reason_ ? *reason_ : kind_of(ec);
  const std::string words = kind == ErrorKind::other ? ec.message() : std::string();
  const bool is_beside = is_error(ec);
  const bool is_ours = context_.interrupted || (faulty_ != nullptr && faulty_->has_ended_it());
  if (kind == ErrorKind::mismatch || (!reason_ && is_ours)) kind = ErrorKind::abandoned;
  const std::uint64_t failed = fail_in_flight(kind, words, now);
  if (failed != 0) {
    context_.progress.end(failed);
  } else if (is_beside && context_.plan.protocol->has_requests) {
    tally.failed_beside(kind, words);
  } else if (is_beside) {
    tally.offered(now);
    tally.failed(kind, now, Time{}, now, target_, words);
  }
  if (was_useful_) failed_at_ = Time{};
  if (is_beside || failed != 0) note_outage(kind, now);
  reason_.reset();
  look_at_network();
  if (context_.plan.close == Close::reset) connection_->writer().abort();
  faulty_.reset();
  connection_.reset();
  --tally.active;
}

// Whether a connection that ends so, with nothing in flight, has failed.
bool LoadConnection::is_error(const std::error_code& ec) const {
  // A mismatch is counted where it is found.
  if (context_.interrupted || context_.ending || reason_ == ErrorKind::mismatch) return false;
  if (!reason_ && faulty_ != nullptr && faulty_->has_ended_it()) return false;
  if (reason_) return true;
  // A peer may close what is idle, as long as it was of use before. One that sends is never idle.
  const bool was_idle = was_useful_ && context_.plan.protocol->has_requests;
  const bool orderly = !ec || (ec == streams::Error::end_of_stream && was_idle);
  return !orderly && ec != std::errc::operation_canceled;
}

void LoadConnection::look_at_network() {
  // Each is a system call, and churn may close 50,000 connections a second.
  constexpr Duration between_churned = 10ms;
  if (std::exchange(network_known_, true)) return;
  Tally& tally = context_.tally;
  if (context_.plan.churn != 0) {
    const Time now = Clock::now();
    if (now - tally.network_looked_at < between_churned) return;
    tally.network_looked_at = now;
  }
  const streams::TcpInfo info = connection_->transport().tcp_info();
  if (info.rtt.count() == 0) return;
  tally.network.rtt.record(info.rtt);
  tally.network.add_min(info.min_rtt);
  tally.network.segments_sent += info.segments_sent;
  tally.network.retransmits += info.retransmits;
}

void LoadConnection::note_outage(ErrorKind kind, Time now) {
  // The pause before it is tried again, and a little.
  constexpr Duration between_failures = 2s;
  if (!error_kinds[static_cast<std::size_t>(kind)].is_outage) return;
  const bool still = now - failed_at_ < between_failures;
  context_.tally.failing(still ? failed_at_ : now, now, target_);
  failed_at_ = now;
}

std::uint64_t LoadConnection::fail_in_flight(ErrorKind, const std::string&, Time) { return 0; }

void LoadConnection::break_off(ErrorKind reason) {
  stand_by_no_more();
  look_at_network();
  reason_ = reason;
  connection_->writer().abort();
}

void LoadConnection::fail_mismatch(Mismatch mismatch, Time due, Time sent, Time now) {
  context_.tally.failed(ErrorKind::mismatch, due, sent, now, target_);
  context_.tally.note(std::move(mismatch));
  context_.check_protocol();
  break_off(ErrorKind::mismatch);
}

void LoadConnection::report_first_connect() {
  if (std::exchange(connect_reported_, true)) return;
  if (--context_.unconnected == 0) context_.first_connects_done.set();
}

}  // namespace client::load
