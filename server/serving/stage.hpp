// A Stage stands between a connection and the protocol of a listener that asks for more than the
// protocol itself: a rate, or faults for the clients that they are for. The protocol has the reader
// and the writer of a connection in memory, and two tasks move the bytes:
//
//     peer ⇄ Session's reader and writer ⇄ Stage ⇄ MemoryConnection's reader and writer ⇄ protocol
//
// With faults these two ask a faults::Script what passes, when, and what becomes of it. A listener
// without such wishes never comes near a stage. What the server does to a session holds here,
// too: once it ends one, nothing waits any more but for the peer. Lives in the frame of the
// session's task; the worker's thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "server/insight/session_events.hpp"
#include "server/protocols/fault_control.hpp"
#include "server/serving/ended_sessions.hpp"
#include "server/serving/fault_orders.hpp"
#include "server/serving/listener.hpp"
#include "server/serving/peer_wait.hpp"
#include "streams/connection.hpp"
#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/faults/rate_limit.hpp"
#include "streams/faults/script.hpp"
#include "streams/memory_connection.hpp"
#include "streams/stream_reader.hpp"
#include "streams/stream_writer.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"
#include "streams/timer.hpp"

namespace server::serving {

class Stage final : private streams::MemoryConnection::FarSide,
                    private protocols::ReplyMarks,
                    private protocols::FaultControl {
 public:
  using Clock = std::chrono::steady_clock;

  /// Told of faults that were met, how many since the last time.
  using Met = std::function<void(faults::Action, std::uint64_t)>;

  /// With the faults of the listener where it is one of those that they are for. All outlive it;
  /// `options` are those that a protocol without a stage has. Throws std::bad_alloc.
  Stage(streams::Connection& connection, const Listener& listener,
        const streams::StreamOptions& options, const std::optional<faults::Identity>& faulty,
        Met met);

  /// What the connection's own streams are made with. Together with those of the protocol they
  /// keep to the listener's marks, and each within a block of the pool.
  static streams::StreamOptions outer(streams::StreamOptions options) noexcept;

  /// The protocol's result, once what it has written is with `writer`, as far as that is worth
  /// while.
  streams::Task<std::error_code> serve();

  /// The server has fed `reader` its end: from now on nothing is delayed.
  void hurry() noexcept;
  /// The connection is about to be closed under it.
  void abandon() noexcept;

  /// Whether a fault keeps all that is sent back, for good.
  bool is_mute() const noexcept { return script_ && (ended_by_ || script_->output().is_mute()); }
  /// Whether a fault has ended it.
  bool is_ended_by_fault() const noexcept { return ended_by_.has_value(); }
  /// What became of the faults, so far; none where there were to be none. Throws std::bad_alloc.
  std::optional<insight::FaultsMet> faults_met() const;

  // By order of whoever administers, from where the two streams are now.
  bool has_faults() const noexcept { return script_.has_value(); }
  bool is_hurried() const noexcept { return hurries_; }
  /// One fault more, of a stage that has some; false where there are too many. Throws
  /// std::bad_alloc.
  bool add_now(const faults::Fault& fault) {
    return place(fault, script_->here(), faults::Script::By::admin);
  }
  std::vector<std::string> show_now() const { return script_->show(script_->here()); }
  /// None any more, those neither that its client has asked for so far.
  void clear_now();

  /// Of a listener with keep_ended.
  const std::optional<Passed>& passed() const noexcept { return passed_; }

  /// Memory of its buffers, in bytes: of the pool. What its faults hold is not.
  std::size_t held() noexcept { return inner_.reader().held() + inner_.writer().held(); }
  /// What the protocol has written and is still here, in bytes.
  std::size_t unsent() const noexcept {
    return inner_.output().size() + (script_ ? script_->output().held() : 0);
  }
  /// Whether nothing is here, in either direction.
  bool is_empty() noexcept {
    return unsent() == 0 && unread_.empty() && inner_.has_room() && inner_.reader().buffered() == 0;
  }
  /// StreamReader::line_waits() of the protocol's.
  Clock::duration line_waits(Clock::time_point now) noexcept {
    return inner_.reader().line_waits(now);
  }

 private:
  /// What one of the two tasks waits for: something has changed, or a time has come. It looks by
  /// itself what it was. False when the task was cancelled.
  class Change {
   public:
    explicit Change(streams::EventLoop& loop) noexcept : event_(loop), timer_(loop) {}
    void tell() noexcept { event_.set(); }
    streams::Event::Awaiter next() noexcept {
      event_.clear();
      return event_.wait();
    }
    streams::Event::Awaiter next_within(faults::Duration wait) {
      return wait == faults::no_end ? next() : next_or(Clock::now() + wait);
    }
    streams::Event::Awaiter next_or(Clock::time_point when) {
      timer_.call_later(when - Clock::now(), [this] { event_.set(); });
      return next();
    }

   private:
    streams::Event event_;
    streams::Timer timer_;
  };

  streams::Task<std::error_code> serve_protocol();
  streams::Task<std::error_code> run(streams::TaskGroup& group);
  streams::Task<void> move_input();
  streams::Task<void> move_output();
  streams::Task<void> move_faulty_input();
  streams::Task<void> move_faulty_output();
  // stage_waits.cpp
  streams::Task<std::error_code> read_more(faults::Duration patience);
  streams::Task<bool> leave(bool alone);
  streams::Task<bool> pause_output(faults::Duration pause);
  streams::Task<bool> wait_for_room();
  streams::Task<bool> send_urgent();
  streams::Task<void> acknowledged();
  std::optional<faults::Duration> happen_meanwhile();
  void wake_input() noexcept;
  void wake_output() noexcept;
  // stage_faults.cpp
  faults::Duration pause_at(Clock::time_point now) const noexcept;
  void note_dropped(const faults::Step& step, Clock::time_point now) noexcept;
  void reply_ends() override;
  std::string_view add(const faults::Fault& fault, std::size_t behind) override;
  std::vector<std::string> show() const override {
    return orders_.empty() ? script_->show(here()) : orders_.show(here());
  }
  void clear() override;
  void pace_protocol() noexcept;
  /// Where the protocol is, which executes a line.
  faults::Here here() const noexcept {
    return {script_->here().input, written(), replies_ + 1, replies_};
  }
  bool place(const faults::Fault& fault, const faults::Here& from, faults::Script::By by);
  void follow_orders();
  void end_by_fault(faults::Then then) noexcept;
  void tell_met();
  void has_come(std::string_view bytes) noexcept {
    if (passed_) passed_->in.add(bytes);
  }
  void write(std::string_view bytes) noexcept {
    if (passed_) passed_->out.add(bytes);
    writer_.write(bytes);
  }
  /// Bytes of the protocol so far.
  std::uint64_t written() const noexcept { return consumed_ + inner_.output().size(); }

  void end_input(const std::error_code& ec) noexcept;
  void break_off(const std::error_code& ec) noexcept;
  void on_room() noexcept override { input_.tell(); }
  void on_output() noexcept override { output_.tell(); }

  streams::Connection& connection_;
  streams::EventLoop& loop_;
  streams::StreamReader& reader_;
  streams::StreamWriter& writer_;
  const Listener& listener_;
  streams::MemoryConnection inner_;
  Change input_;
  Change output_;
  faults::RateLimit received_;
  faults::RateLimit sent_;
  faults::Identity who_;
  std::optional<faults::Script> script_;  // where it is one that faults are for
  const Met met_;
  std::array<std::uint64_t, faults::action_count> told_{};
  std::string_view unread_;         // of the peer's bytes, what has not passed
  PeerWait* reading_ = nullptr;     // while a read waits for more
  PeerWait* draining_ = nullptr;    // while the output waits for room
  std::string urgent_;              // to be sent as soon as the kernel takes it
  std::size_t dropped_ = 0;         // of the output, since the last byte that left
  Clock::time_point drops_from_{};  // that much was dropped: more only from then on
  bool half_closes_ = false;        // behind that
  std::uint64_t consumed_ = 0;      // of the protocol's output
  std::uint64_t replies_ = 0;       // that have ended
  FaultOrders orders_;
  std::optional<Passed> passed_;
  protocols::Context context_;
  std::optional<faults::Then> ended_by_;  // a fault: fin or reset
  const streams::WaterMarks marks_;       // the protocol's
  bool is_paced_ = false;                 // it has none now: it waits behind each reply
  bool hurries_ = false;
  bool is_done_ = false;      // the protocol has returned
  bool is_given_up_ = false;  // and the peer does not take what it has written
};

}  // namespace server::serving
