// How a Stage with faults waits for its peer. However long that takes, what is placed by time
// happens meanwhile, a fault that is new counts from when it comes, and nothing but the peer is
// waited for once the server ends the session.
#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "server/serving/stage.hpp"
#include "server/serving/standstill.hpp"
#include "streams/buffer_pool.hpp"
#include "streams/error.hpp"
#include "streams/sleep.hpp"
#include "streams/timeout.hpp"

namespace server::serving {
namespace {

/// How often it is looked whether the peer has all that comes before a reset, or the kernel all
/// that comes before urgent data: less and less often.
class LookInterval {
 public:
  std::chrono::milliseconds next() noexcept {
    using std::chrono::milliseconds;
    return std::exchange(interval_, std::min(2 * interval_, milliseconds{50}));
  }

 private:
  std::chrono::milliseconds interval_{1};
};

/// What a read has given.
struct Piece {
  Piece(std::error_code its_ec, std::string_view its_data) : ec(its_ec), data(its_data) {}
  std::error_code ec;
  std::string_view data;
};

streams::Task<Piece> read(streams::StreamReader& reader, std::size_t most) {
  const streams::Chunk chunk = co_await reader.read(most);
  co_return Piece(chunk.ec, chunk.data);
}

streams::Task<std::error_code> drain(streams::StreamWriter& writer) {
  co_return co_await writer.drain();
}

/// Whether a wait that came to that was only ended.
bool is_only_ended(const PeerWait& wait, const std::error_code& ec) noexcept {
  return wait.was_ended() && ec == std::errc::operation_canceled;
}

}  // namespace

using faults::Then;
using streams::Task;

// Until something has come, or `patience` is over, or wake_input(); then there is no error.
Task<std::error_code> Stage::read_more(faults::Duration patience) {
  constexpr std::size_t block = streams::BufferPool::block_size;
  const std::size_t most = hurries_ ? block : received_.allowed(block, Clock::now());
  PeerWait wait(reading_, loop_, patience);
  auto reading = read(reader_, most);
  streams::ScopedAwaiter<Piece> scoped(wait.scope(), reading);
  const Piece piece = co_await scoped;
  received_.went(piece.data.size(), Clock::now());
  has_come(piece.data);
  unread_ = piece.data;
  co_return is_only_ended(wait, piece.ec) ? streams::no_error() : piece.ec;
}

void Stage::wake_input() noexcept {
  input_.tell();
  if (reading_ != nullptr) reading_->end();
}

void Stage::wake_output() noexcept {
  output_.tell();
  if (draining_ != nullptr) draining_->end();
}

// What was written may go on its way, and nothing joins it where it is to be alone. False where the
// connection is broken or ended, or the task was cancelled.
Task<bool> Stage::leave(bool alone) {
  while (writer_.must_drain()) {
    auto waiting = wait_for_room();
    const bool goes_on = co_await std::move(waiting);
    if (!goes_on) co_return false;
  }
  if (!urgent_.empty()) {
    auto sending = send_urgent();
    const bool goes_on = co_await std::move(sending);
    if (!goes_on) co_return false;
  }
  if (std::exchange(half_closes_, false)) writer_.write_eof();
  const std::error_code ec = co_await writer_.drain();
  if (ec) {
    break_off(ec);
    co_return false;
  }
  if (!alone) co_return true;
  // What is written in one turn leaves in one send.
  const std::error_code cancelled = co_await streams::sleep_for(loop_, {});
  co_return !cancelled;
}

// That long, while what is placed by time happens, or until wake_output(). False as of leave().
Task<bool> Stage::pause_output(faults::Duration pause) {
  const auto until_next = happen_meanwhile();
  if (!until_next) co_return false;
  if (!urgent_.empty() || half_closes_) {
    auto leaving = leave(false);
    co_return co_await std::move(leaving);
  }
  co_return co_await output_.next_within(std::min(*until_next, pause));
}

// Until the peer has taken enough, or what is placed by time may happen, or wake_output(). One that
// takes nothing is given up once the protocol has left, as when a connection is closed.
Task<bool> Stage::wait_for_room() {
  const auto until_next = happen_meanwhile();
  if (!until_next) co_return false;
  const faults::Duration close_timeout = listener_.settings.limits.close_timeout;
  Standstill standstill(connection_.transport());
  PeerWait wait(draining_, loop_, is_done_ ? std::min(*until_next, close_timeout) : *until_next);
  auto draining = drain(writer_);
  streams::ScopedAwaiter<std::error_code> scoped(wait.scope(), draining);
  const std::error_code ec = co_await scoped;
  if (ec && !is_only_ended(wait, ec)) {
    break_off(ec);
    co_return false;
  }
  is_given_up_ = ec && is_done_ && standstill.has_lasted(close_timeout);
  co_return !is_given_up_;
}

// The kernel takes urgent data only once it has all that comes before. At the end of the session,
// what it does not take at once is left out.
Task<bool> Stage::send_urgent() {
  LookInterval interval;
  Standstill standstill(connection_.transport());
  writer_.flush();
  while (!urgent_.empty() && !writer_.error()) {
    if (connection_.send_urgent(urgent_.front()) != EAGAIN) {
      urgent_.erase(0, 1);
      continue;
    }
    if (hurries_ || (is_done_ && standstill.has_lasted(listener_.settings.limits.close_timeout))) {
      urgent_.clear();
      break;
    }
    const auto until_next = happen_meanwhile();
    if (!until_next) co_return false;
    const faults::Duration wait = std::min<faults::Duration>(*until_next, interval.next());
    const bool changed = co_await output_.next_within(wait);
    if (!changed) co_return false;
  }
  co_return !writer_.error();
}

// What is placed by time happens although nothing passes. How long it is until the next such; none
// where it has ended the connection.
std::optional<faults::Duration> Stage::happen_meanwhile() {
  for (;;) {
    const faults::Step step = script_->output().meanwhile(Clock::now());
    tell_met();
    switch (step.then) {
      case Then::fin:
      case Then::reset: end_by_fault(step.then); return std::nullopt;
      case Then::urgent: urgent_ += step.bytes; break;
      case Then::half_close: half_closes_ = true; break;
      default: return step.wait;
    }
  }
}

// What has been sent before a reset. It is waited for as long as the peer takes some of it.
Task<void> Stage::acknowledged() {
  LookInterval interval;
  const streams::Transport& transport = connection_.transport();
  Standstill standstill(transport);
  while (!hurries_ && !writer_.error()) {
    if (writer_.pending() == 0 && transport.unacknowledged() == 0) co_return;
    if (standstill.has_lasted(listener_.settings.limits.close_timeout)) co_return;
    const bool changed = co_await output_.next_or(Clock::now() + interval.next());
    if (!changed) co_return;
  }
}

}  // namespace server::serving
