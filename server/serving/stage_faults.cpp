// How a Stage moves bytes through the faults of its connection, as streams/faults/script.hpp says.
#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "server/serving/stage.hpp"
#include "streams/error.hpp"
#include "streams/sleep.hpp"

namespace server::serving {

using By = faults::Script::By;
using faults::Then;
using streams::Task;

namespace {

/// So much of a protocol's output that does not leave is taken without a pause: 25 MiB/s.
constexpr std::size_t most_dropped = 256 * 1024;
constexpr std::chrono::milliseconds drop_pause{10};
/// Of faults at every byte there are many steps to a piece; others have their turn between these.
constexpr unsigned most_steps = 64;

}  // namespace

Task<void> Stage::move_faulty_input() {
  bool has_ended = false;
  unsigned steps = 0;
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
      if (++steps % most_steps != 0) continue;
      const std::error_code cancelled = co_await streams::sleep_for(loop_, {});
      if (cancelled) co_return;
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
    if (const faults::Duration pause = pause_at(now); pause > pause.zero()) {
      auto pausing = pause_output(pause);
      const bool goes_on = co_await std::move(pausing);
      if (!goes_on) co_return;
      continue;
    }
    const std::string_view all = inner_.output();
    const std::string_view free = all.substr(0, orders_.left_before(consumed_));
    const std::size_t most = hurries_ ? free.size() : sent_.allowed(free.size(), now);
    const bool at_end = is_done_ && most == all.size();
    const faults::Step step = script_->output().next(free.substr(0, most), at_end, now);
    tell_met();
    if (step.then == Then::urgent) {
      urgent_ += step.bytes;
    } else if (!step.bytes.empty()) {
      if (step.alone) writer_.flush();
      write(step.bytes);
      sent_.went(step.bytes.size(), now);
    }
    inner_.consume(step.take);
    consumed_ += step.take;
    note_dropped(step, now);
    if (step.then == Then::end) co_return;
    if (step.then == Then::fin || step.then == Then::reset) co_return end_by_fault(step.then);
    if (step.then == Then::half_close) half_closes_ = true;
    if (!step.bytes.empty() || step.then == Then::half_close) {
      auto leaving = leave(step.alone);
      const bool goes_on = co_await std::move(leaving);
      if (!goes_on) co_return;
      sent_.was_idle(now, Clock::now());
    }
    if (step.then != Then::more && step.then != Then::wait) continue;
    // All has happened that comes before the next byte.
    if (orders_.is_due(consumed_, step.is_for_ever)) {
      follow_orders();
    } else {
      const bool changed = co_await output_.next_within(step.wait);
      if (!changed) co_return;
      sent_.was_idle(now, Clock::now());
    }
  }
}

// For how long nothing more leaves or is taken: so that what faults put in keeps to the listener's
// rate as well, and a protocol whose output goes nowhere is no faster than a network.
faults::Duration Stage::pause_at(Clock::time_point now) const noexcept {
  if (hurries_) return {};
  const auto rate = sent_.allowed(1, now) == 0 ? sent_.when() : now;
  return std::max(rate, drops_from_) - now;
}

void Stage::note_dropped(const faults::Step& step, Clock::time_point now) noexcept {
  dropped_ = step.bytes.empty() ? dropped_ + step.take : 0;
  if (dropped_ < most_dropped) return;
  dropped_ = 0;
  drops_from_ = now + drop_pause;
}

// The protocol learns that its connection is broken, and ends.
void Stage::end_by_fault(Then then) noexcept {
  ended_by_ = then;
  inner_.fail(ECONNABORTED);
  wake_input();
  wake_output();
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
  wake_output();
  return true;
}

void Stage::clear() {
  orders_.clear_at(written());
  wake_output();
}

void Stage::follow_orders() {
  script_->clear();
  for (const FaultOrders::Added& one : orders_.take()) place(one.fault, one.from, By::client);
  wake_input();
  wake_output();
}

void Stage::clear_now() {
  orders_ = {};
  script_->clear();
  wake_input();
  wake_output();
}

}  // namespace server::serving
