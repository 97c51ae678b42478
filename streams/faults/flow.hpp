// A Flow: one stream of a connection on its way through the faults that are placed on it. The pump
// of the stream asks it what to do with the bytes that came, as script.hpp says; it belongs to a
// Script.
//
//     available ── faults of bytes ── faults of replies ── cut, rate, coalesce ──► bytes
//
// Where several happen at one place: between two bytes first what follows on the byte before, in
// the order of the plan, then what happens at the end of a line, then what is done to the next byte
// or line. That order holds however the bytes come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "streams/faults/draw.hpp"
#include "streams/faults/fault.hpp"
#include "streams/faults/log.hpp"
#include "streams/faults/marks.hpp"
#include "streams/faults/reply.hpp"
#include "streams/faults/rule.hpp"
#include "streams/faults/shaper.hpp"
#include "streams/faults/shared.hpp"
#include "streams/faults/step.hpp"
#include "streams/faults/supply.hpp"

namespace faults {

class Flow {
 public:
  Flow(const Flow&) = delete;
  Flow& operator=(const Flow&) = delete;

  Step next(std::string_view available, bool at_end, Time now);
  /// In place of that as long as the far side has no room: what is placed by time happens, save
  /// insert, and nothing passes. The bytes of the last step stay where they are.
  Step meanwhile(Time now);

  /// Bytes taken so far.
  std::uint64_t position() const noexcept { return position_; }
  /// Lines, or on the output replies, that are over.
  std::uint64_t lines() const noexcept { return lines_; }
  /// Of an output: the first line of the input of which it may still be asked whether it counts.
  std::uint64_t first_line_asked_for() const noexcept {
    return std::min(lines_, lines_before_last_ + 1);
  }
  /// Whether it lets nothing through.
  bool is_mute() const noexcept { return is_silent_ || is_half_closed_; }
  /// Bytes that it holds: at most 64 KiB, and the text of an answer.
  std::size_t held() const noexcept;

 private:
  friend class Script;
  // Throws std::bad_alloc, of its queues.
  Flow(Direction direction, Shared& shared) : direction_(direction), shared_(shared) {}

  void add(Rule rule) { rules_.push_back(std::move(rule)); }
  void mute() noexcept { is_silent_ = true; }
  void mark(std::uint64_t offset) { marks_.add(std::max(offset, position_)); }
  void clear();

  // hits.cpp: what happens, and where.
  /// Does the next thing that happens at this position; false if nothing does.
  bool act(std::string_view available, Time now);
  enum class Room : std::uint8_t { some, none };
  bool act_in_time(Time now, Room room = Room::some);
  bool act_at_end(Time now);
  /// Where nothing is let through, the end of the connection still may, at its time.
  bool may_happen(const Rule& rule) const noexcept {
    return !is_mute() || is_terminal(rule.fault.action);
  }
  Rule* due_between() noexcept;
  Rule* due_at_something(bool has_bytes) noexcept;
  void hit(Rule& rule, Time now);
  void carry_out(const Rule& rule, Draw& draw, std::uint64_t at, Time now);
  bool treat_reply(const Rule& rule, std::uint64_t at);
  void end_connection(const Rule& rule, Then then);
  void end_reply();
  void note(const Rule& rule, std::uint64_t at);
  void note(const Encounter& met);
  bool reply_is_over() const noexcept {
    return direction_ == Direction::output && !marks_.empty() && marks_.front() <= position_;
  }

  /// Of `size` bytes that a fault puts in, those that its bounds leave it.
  std::uint64_t put_in_at_most(std::uint64_t size) noexcept;
  bool is_hurried() const noexcept { return shared_.is_hurried || waited_ >= shared_.bounds.time; }

  // flow.cpp: what passes.
  Step decide(std::string_view available, bool at_end, Time now);
  Step say_order() noexcept;
  Step wait_until(Then then, Time until, Time now) const noexcept;
  Step pass(std::string_view available, Time now);
  Step put_in(Time now);
  Step finish(Time now);
  std::size_t let_out(std::string_view bytes, Time now, Step& step);
  std::size_t leave(std::string_view bytes, Time now, Step& step);
  std::size_t limit(std::string_view available) const noexcept;
  std::size_t line_limit(std::string_view available) const noexcept;
  void advance(std::string_view taken) noexcept;
  void wait(Microseconds time, Then as, Time now) noexcept;
  Time next_due(Time now) const noexcept;
  /// Whether a fault keeps back what has come, bytes or the end.
  bool holds_up(bool at_end) const noexcept {
    const bool keeps_end = at_end && ignores_end_;
    return !is_over_ && (shaper_.holds() || reply_.holds() || keeps_end);
  }

  const Direction direction_;
  Shared& shared_;
  std::vector<Rule> rules_;
  Log log_;
  Marks marks_;
  Shaper shaper_;
  Supply supply_;
  Reply reply_;

  std::uint64_t position_ = 0;
  std::uint64_t lines_ = 0;
  std::uint64_t line_start_ = 0;
  std::uint64_t lines_before_last_ = 0;  // that were over when the last byte was taken
  std::uint64_t lines_passed_ = 0;       // of the input, as they were passed on; with marks

  Time wait_until_ = Time::min();
  Then wait_as_ = Then::wait;
  Time waits_since_ = Time::max();  // while it does
  Duration waited_{};               // in all, save for the shaper's pace
  std::uint64_t put_in_ = 0;        // bytes in all
  bool is_paced_ = false;           // it waits for the shaper
  Time idle_since_ = Time::max();   // it has let nothing out, and waits for something else
  Then order_ = Then::go_on;        // what has to be said yet
  char urgent_ = 0;                 // with Then::urgent
  unsigned char mask_ = 0;          // of the next byte
  char changed_ = 0;                // what became of it
  std::uint64_t drop_until_ = 0;    // a position
  std::uint64_t repeat_until_ = 0;  // a position; what leaves before it is recorded
  std::string range_;               // the record
  bool is_silent_ = false;
  bool is_half_closed_ = false;
  bool ignores_end_ = false;
  bool is_over_ = false;
};

}  // namespace faults
