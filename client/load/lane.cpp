#include "client/load/lane.hpp"

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

Lane::Lane(Crew& crew, std::uint64_t number)
    : crew_(crew), number_(number), backoff_(1ms, 1s, mix(crew.plan.seed ^ ~number)) {}

streams::Task<void> Lane::run() {
  while (!crew_.ending) {
    // Waited for here: ten thousand lanes may, and so none keeps another coroutine for it.
    streams::Permit permit = co_await crew_.connector.permit();
    const bool connected = permit && co_await connect(std::move(permit));
    settle();
    if (!connected) continue;
    const std::error_code ec = co_await serve();
    disconnect(ec);
    if (crew_.ending || ec == std::errc::operation_canceled) break;
    if (was_useful_) {
      backoff_.reset();
    } else if (co_await streams::sleep_for(crew_.loop, backoff_.next())) {
      break;
    }
  }
  settle();
}

void Lane::due(Time, Time) { assert(false && "this kind of load has no open loop"); }

void Lane::end() {
  if (connection_ != nullptr) connection_->writer().write_eof();
}

void Lane::give_up() {
  if (connection_ != nullptr) break_off(ErrorKind::timeout);
}

streams::Task<bool> Lane::connect(streams::Permit permit) {
  was_useful_ = false;
  connection_ = co_await crew_.connector.open(number_, std::move(permit));
  if (connection_ == nullptr) co_return false;
  ++crew_.tally.active;
  co_return true;
}

void Lane::disconnect(const std::error_code& ec) {
  const std::uint64_t unanswered = abandon();
  if (is_failure(ec, unanswered)) {
    const ErrorKind kind = reason_ ? *reason_ : kind_of(ec);
    const std::uint64_t failed = unanswered != 0 ? unanswered : 1;
    crew_.tally.fail(kind, failed, kind == ErrorKind::other ? ec.message() : std::string());
  }
  reason_.reset();
  connection_.reset();
  --crew_.tally.active;
  if (unanswered != 0) crew_.progress.end(unanswered);
}

bool Lane::is_failure(const std::error_code& ec, std::uint64_t unanswered) const {
  // A mismatch is counted where it is found.
  if (reason_ == ErrorKind::mismatch || crew_.interrupted) return false;
  if (unanswered != 0 || reason_) return unanswered != 0 || !crew_.ending;
  // A peer may end what is idle, as long as it was of use before.
  const bool orderly = !ec || (ec == streams::Error::end_of_stream && was_useful_);
  return !orderly && !crew_.ending && ec != std::errc::operation_canceled;
}

void Lane::break_off(ErrorKind reason) {
  reason_ = reason;
  connection_->writer().abort();
}

void Lane::settle() {
  if (std::exchange(settled_, true)) return;
  if (--crew_.unsettled == 0) crew_.settled.set();
}

}  // namespace client::load
