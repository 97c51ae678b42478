// How a Stage moves bytes through the faults of its connection, as streams/faults/script.hpp says.
#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "server/serving/stage.hpp"
#include "streams/buffer_pool.hpp"
#include "streams/debug.hpp"
#include "streams/error.hpp"
#include "streams/sleep.hpp"
#include "streams/timeout.hpp"

namespace server::serving {
namespace {

/// How often it is looked whether the peer has all that comes before a reset, or the kernel all
/// that comes before urgent data.
constexpr std::chrono::milliseconds look_interval{1};

/// Any time will do.
constexpr std::chrono::hours longest_patience{1};

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

}  // namespace

using By = faults::Script::By;
using faults::Then;
using streams::Task;

// Until something has come, or `patience` is over, or wake_input(); then there is no error.
Task<std::error_code> Stage::read_more(faults::Duration patience) {
  constexpr std::size_t block = streams::BufferPool::block_size;
  const std::size_t most = hurries_ ? block : received_.allowed(block, Clock::now());
  streams::CancelScope scope;
  const streams::Debug::Nested nested(scope);
  streams::Timer timer(loop_);
  if (patience != faults::no_end) timer.call_later(patience, [this] { wake_input(); });
  is_woken_ = false;
  reading_ = &scope;
  auto reading = read(reader_, most);
  streams::ScopedAwaiter<Piece> scoped(scope, reading);
  const Piece piece = co_await scoped;
  reading_ = nullptr;
  received_.went(piece.data.size(), Clock::now());
  has_come(piece.data);
  unread_ = piece.data;
  const bool only_woken = is_woken_ && piece.ec == std::errc::operation_canceled;
  co_return only_woken ? streams::no_error() : piece.ec;
}

void Stage::wake_input() noexcept {
  input_.tell();
  if (reading_ == nullptr) return;
  is_woken_ = true;
  reading_->cancel();
}

Task<void> Stage::move_faulty_input() {
  bool has_ended = false;
  while (!ended_by_) {
    const auto now = Clock::now();
    if (!inner_.has_room()) {
      const faults::Step step = script_->input().meanwhile(now);
      tell_met();
      if (step.then == Then::fin || step.then == Then::reset) co_return end_by_fault(step.then);
      const bool changed = co_await input_.next_within(step.wait);
      if (!changed) co_return;
      received_.was_idle(now, Clock::now());
      continue;
    }
    const faults::Step step = script_->input().next(unread_, has_ended, now);
    unread_.remove_prefix(step.take);
    if (!step.bytes.empty()) inner_.feed(step.bytes);
    tell_met();
    const bool waits = step.then == Then::wait || step.then == Then::stop_reading;
    if (step.then == Then::end) co_return end_input(streams::Error::end_of_stream);
    if (step.then == Then::fin || step.then == Then::reset) co_return end_by_fault(step.then);
    if (waits || (step.then == Then::more && has_ended)) {
      const bool changed = co_await input_.next_within(step.wait);
      if (!changed) co_return;
      received_.was_idle(now, Clock::now());
    } else if (step.then != Then::more) {
      continue;
    } else if (!hurries_ && received_.allowed(1, now) == 0) {
      const faults::Duration pace = received_.when() - now;
      const bool changed = co_await input_.next_within(std::min(step.wait, pace));
      if (!changed) co_return;
    } else {
      auto reading = read_more(step.wait);
      const std::error_code ec = co_await std::move(reading);
      received_.was_idle(now, Clock::now());
      has_ended = ec == streams::Error::end_of_stream;
      if (ec && !has_ended) co_return end_input(ec);
    }
  }
}

Task<void> Stage::move_faulty_output() {
  while (!ended_by_) {
    const auto now = Clock::now();
    const std::string_view all = inner_.output();
    const std::string_view free = all.substr(0, orders_.left_before(consumed_));
    const std::size_t most = hurries_ ? free.size() : sent_.allowed(free.size(), now);
    const bool is_paced = most == 0 && !free.empty();
    const bool at_end = is_done_ && most == all.size();
    const faults::Step step = script_->output().next(free.substr(0, most), at_end, now);
    tell_met();
    if (step.then == Then::urgent) {
      auto sending = send_urgent(step.bytes.front());
      const bool sent = co_await std::move(sending);
      if (!sent) co_return;
      continue;
    }
    if (!step.bytes.empty()) write(step.bytes);
    sent_.went(step.bytes.size(), now);
    inner_.consume(step.take);
    consumed_ += step.take;
    if (step.then == Then::end) co_return;
    if (step.then == Then::fin || step.then == Then::reset) co_return end_by_fault(step.then);
    if (step.then == Then::half_close) writer_.write_eof();
    if (orders_.is_due(consumed_, step.is_for_ever)) {
      follow_orders();
    } else if (step.then == Then::more || step.then == Then::wait) {
      const faults::Duration pace = is_paced ? sent_.when() - now : step.wait;
      const bool changed = co_await output_.next_within(std::min(step.wait, pace));
      if (!changed) co_return;
      if (!is_paced) sent_.was_idle(now, Clock::now());
    } else if (!step.bytes.empty()) {
      auto leaving = leave(step.alone);
      const bool goes_on = co_await std::move(leaving);
      if (!goes_on) co_return;
      sent_.was_idle(now, Clock::now());
    }
  }
}

// What was written may go on its way, and nothing joins it where it is to be alone. False where the
// connection is broken, or the task was cancelled.
Task<bool> Stage::leave(bool alone) {
  while (writer_.must_drain()) {
    auto waiting = wait_for_room();
    const bool goes_on = co_await std::move(waiting);
    if (!goes_on) co_return false;
  }
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

// Until the peer has taken enough, or something that is placed by time has happened. Likewise.
Task<bool> Stage::wait_for_room() {
  const faults::Step step = script_->output().meanwhile(Clock::now());
  tell_met();
  if (step.then == Then::fin || step.then == Then::reset) {
    end_by_fault(step.then);
    co_return false;
  }
  if (step.then == Then::urgent) {
    auto sending = send_urgent(step.bytes.front());
    co_return co_await std::move(sending);
  }
  if (step.then == Then::half_close) {
    writer_.write_eof();
    co_return true;
  }
  const faults::Duration patience = std::min<faults::Duration>(step.wait, longest_patience);
  auto draining = streams::with_timeout(loop_, patience, drain(writer_));
  const streams::Timed<std::error_code> drained = co_await std::move(draining);
  const bool only_late = drained.ec && drained.value == std::errc::operation_canceled;
  if (only_late || !drained.value) co_return true;
  break_off(drained.value);
  co_return false;
}

// Likewise.
Task<bool> Stage::send_urgent(char byte) {
  int error = connection_.send_urgent(byte);
  while (error == EAGAIN && !writer_.error()) {
    const std::error_code cancelled = co_await streams::sleep_for(loop_, look_interval);
    if (cancelled) co_return false;
    error = connection_.send_urgent(byte);
  }
  co_return !writer_.error();
}

Task<void> Stage::acknowledged() {
  const auto until = Clock::now() + listener_.settings.limits.close_timeout;
  while (!hurries_ && !writer_.error() && Clock::now() < until) {
    if (writer_.pending() == 0 && connection_.transport().unacknowledged() == 0) co_return;
    const bool changed = co_await output_.next_or(Clock::now() + look_interval);
    if (!changed) co_return;
  }
}

// The protocol learns that its connection is broken, and ends.
void Stage::end_by_fault(Then then) noexcept {
  ended_by_ = then;
  inner_.fail(ECONNABORTED);
  wake_input();
  output_.tell();
}

void Stage::tell_met() {
  const auto& counts = script_->counts();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::uint64_t times = counts[i] - std::exchange(told_[i], counts[i]);
    if (times != 0) met_(static_cast<faults::Action>(i), times);
  }
}

std::optional<insight::FaultsMet> Stage::faults_met() const {
  if (!script_) return std::nullopt;
  return insight::FaultsMet{who_, script_->met()};
}

void Stage::reply_ends() {
  ++replies_;
  script_->reply_ends(written());
  if (is_paced_) pace_protocol();
  output_.tell();
}

std::string_view Stage::add(const faults::Fault& fault, std::size_t behind) {
  faults::Here from = here();
  from.output += behind;
  from.reply = from.line;
  const bool added = orders_.empty() ? place(fault, from, By::client) : orders_.add(fault, from);
  pace_protocol();
  return added ? std::string_view{} : "there are too many faults already";
}

// A client may ask for faults faster than they happen: no more than a few are kept.
void Stage::pace_protocol() noexcept {
  is_paced_ = script_->is_crowded() || orders_.is_crowded();
  inner_.writer().set_write_buffer_limits(is_paced_ ? streams::WaterMarks{0, 0} : marks_);
}

bool Stage::place(const faults::Fault& fault, const faults::Here& from, By by) {
  if (!script_->add(fault, from, Clock::now(), by)) return false;
  wake_input();
  output_.tell();
  return true;
}

void Stage::clear() {
  orders_.clear_at(written());
  output_.tell();
}

void Stage::follow_orders() {
  script_->clear();
  for (const FaultOrders::Added& one : orders_.take()) place(one.fault, one.from, By::client);
  wake_input();
  output_.tell();
}

void Stage::clear_now() {
  orders_ = {};
  script_->clear();
  wake_input();
  output_.tell();
}

}  // namespace server::serving
