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
    : context_(context), number_(number), backoff_(1ms, 1s, mix(context.plan.seed ^ ~number)) {}

streams::Task<void> LoadConnection::run() {
  while (!context_.ending) {
    // Waited for here: ten thousand connections may, and so none keeps another coroutine for it.
    streams::Permit permit = co_await context_.connector.permit();
    const bool connected = permit && co_await connect(std::move(permit));
    report_first_connect();
    if (!connected) continue;
    const std::error_code ec = co_await serve();
    disconnect(ec);
    if (context_.ending || ec == std::errc::operation_canceled) break;
    if (was_useful_) {
      backoff_.reset();
    } else if (co_await streams::sleep_for(context_.loop, backoff_.next())) {
      break;
    }
  }
  report_first_connect();
}

void LoadConnection::due(Time, Time) { assert(false && "this kind of load has no open loop"); }

void LoadConnection::end() {
  if (connection_ != nullptr) connection_->writer().write_eof();
}

void LoadConnection::give_up() {
  if (connection_ != nullptr) break_off(ErrorKind::timeout);
}

streams::Task<bool> LoadConnection::connect(streams::Permit permit) {
  was_useful_ = false;
  connection_ = co_await context_.connector.open(number_, std::move(permit));
  if (connection_ == nullptr) co_return false;
  ++context_.tally.active;
  co_return true;
}

void LoadConnection::disconnect(const std::error_code& ec) {
  const std::uint64_t unanswered = abandon();
  if (is_failure(ec, unanswered)) {
    const ErrorKind kind = reason_ ? *reason_ : kind_of(ec);
    const std::uint64_t failed = unanswered != 0 ? unanswered : 1;
    context_.tally.fail(kind, failed, kind == ErrorKind::other ? ec.message() : std::string());
  }
  reason_.reset();
  connection_.reset();
  --context_.tally.active;
  if (unanswered != 0) context_.progress.end(unanswered);
}

bool LoadConnection::is_failure(const std::error_code& ec, std::uint64_t unanswered) const {
  // A mismatch is counted where it is found.
  if (reason_ == ErrorKind::mismatch || context_.interrupted) return false;
  if (unanswered != 0 || reason_) return unanswered != 0 || !context_.ending;
  // A peer may end what is idle, as long as it was of use before.
  const bool orderly = !ec || (ec == streams::Error::end_of_stream && was_useful_);
  return !orderly && !context_.ending && ec != std::errc::operation_canceled;
}

void LoadConnection::break_off(ErrorKind reason) {
  reason_ = reason;
  connection_->writer().abort();
}

void LoadConnection::report_first_connect() {
  if (std::exchange(connect_reported_, true)) return;
  if (--context_.unconnected == 0) context_.first_connects_done.set();
}

}  // namespace client::load
