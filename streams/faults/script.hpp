// A Script: what happens to one connection, of a Plan. It does no I/O and knows no loop. It is
// asked by the two pumps that move the bytes of a connection, one a stream; all on one thread, that
// of the connection.
//
//     peer ── available ──► input().next()  ── bytes ──► protocol
//     peer ◄── bytes ── output().next() ◄── available ── protocol
//
// How a pump drives its Flow:
//
//     loop
//       step = flow.next(available, at_end, now)
//       pass on step.bytes, as one send if step.alone, and wait until the far side has room again;
//         meanwhile do what flow.meanwhile(now) says, for its `wait` at most, and ask it again
//       take the first step.take bytes off `available`
//       do what step.then says
//
// - `available` is all that has come and was not taken, as far as the pump knows it; it may be
//   empty, and of any size: what is passed on is the same whatever its cuts. It begins where the
//   last step stopped taking. `at_end` says that nothing follows on it: the peer's FIN, or the
//   protocol's return. A Flow takes all before it lets the end through.
// - step.bytes are a view of the front of `available` or of the Flow's memory: they are sent, or
//   copied, before anything is taken off and before the Script is called again.
// - With Then::go_on, urgent and half_close the pump asks again at once; with more when
//   `available` has grown, `at_end` has come true, a reply was marked, or `wait` is over; with wait
//   and stop_reading when `wait` is over. Asking too early, or too often, does no harm: the answer
//   is then the rest of the wait. A wait of no_end has no end of its own.
// - Besides, a pump that waits asks again at once after hurry(), add() and clear(), whoever called
//   them, and once the session is over it asks no more.
// - After end, fin and reset a Flow has nothing more to say. fin and reset are orders for the whole
//   connection, from either Flow: the other one is not asked any more.
// - On the input, end is feed_eof() for the protocol. With ignore-fin it is not said until hurry().
//
// Replies: a protocol that knows where its replies end says so with reply_ends(), for each line of
// its input in their order, before it writes a byte of the next one. The offset is of its own
// output, in bytes since the beginning. From then on the output's Flow knows; it is asked again.
// Lines of the input are counted by the input's Flow; nothing else crosses between the two.
//
// The end: when the server ends the session (it stops, or a limit says so), the pump calls hurry():
// no fault waits any more, from then on, and none puts in what it has not yet; what there is goes
// out at once, then the end.
//
// What is drawn is a function of the seed, the connection, the fault's place in the plan and how
// often its place was hit (draw.hpp), and places are by position: never of time or cuts, save those
// `after TIME`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "streams/faults/bounds.hpp"
#include "streams/faults/fault.hpp"
#include "streams/faults/flow.hpp"
#include "streams/faults/identity.hpp"
#include "streams/faults/plan.hpp"
#include "streams/faults/shared.hpp"
#include "streams/faults/step.hpp"

namespace faults {

/// What the acceptor does with a connection before anything else.
struct AtAccept {
  enum class What : std::uint8_t {
    nothing,
    close,        ///< it is closed before its first byte
    refuse,       ///< the same, and the listening socket is closed for the time
    backlog_full  ///< the same, and nothing is accepted for the time
  };
  What what = What::nothing;
  Microseconds time{};
};

/// Without a Script, for whoever has no session yet: the same as its at_accept().
AtAccept at_accept(const Plan& plan, const Identity& who);

class Script {
 public:
  /// Keeps what of the plan is in this connection's scope, not the plan. `now` is when it was made.
  Script(const Plan& plan, const Identity& who, Time now, const Bounds& bounds = {});
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  const AtAccept& at_accept() const noexcept { return at_accept_; }

  Flow& input() noexcept { return input_; }
  Flow& output() noexcept { return output_; }
  const Flow& output() const noexcept { return output_; }

  /// The protocol marks its replies, all of them. To be said before the first is written, by a
  /// protocol that does.
  void expect_marks() noexcept { shared_.has_marks = true; }
  /// The reply to the next line ends before this byte of the protocol's output. `offset` is at
  /// least that of the one before, and nothing of the next reply was handed to the Flow yet.
  void reply_ends(std::uint64_t offset);

  /// Nothing waits from now on, and nothing more is put in. For the end of a session that does not
  /// come from its peer.
  void hurry() noexcept;

  /// Where the two Flows are.
  Here here() const noexcept;
  /// Who asks for a fault of a living connection. What is drawn for one is not changed by what the
  /// other asks for.
  enum class By : std::uint8_t { client, admin };
  /// One fault more, at the end of the plan; its scope does not count. Its bytes, lines and time
  /// count from `from` and `now`: "at byte 0" is the very place. A place that the Flow has passed
  /// is where it is. False if Plan::max_faults are in force at `from`, or if it is for the
  /// acceptor.
  bool add(const Fault& fault, const Here& from, Time now, By by = By::client);
  /// No fault from now on. What was held back goes out.
  void clear();
  /// The faults in force at a place, as text, in their order; what is over by then is left out,
  /// whether or not the bytes have come so far.
  std::vector<std::string> show(const Here& at) const;
  /// Whether more have yet to happen than a plan has, because the bytes have not come to many of
  /// them: time to wait before more are added.
  bool is_crowded() const noexcept;

  /// What was met and where, in an order that follows from the places alone: at accept, on the
  /// input, on the output, after times; each by its offset:
  /// "stop-reading@input:0 delay@line:3 corrupt@output:4096". At most Log::max_shown, then how many
  /// more, and a digest of all: "+68 more #0f3a…". Empty if nothing was. Where a fin or a reset
  /// ended the connection, of the other stream counts only what must have come before it: how far
  /// that one was ahead is a matter of time.
  std::string met() const;
  /// Hits of each action so far, all of them.
  const std::array<std::uint64_t, action_count>& counts() const noexcept { return shared_.counts; }

 private:
  Flow& flow_of(const Fault& fault) noexcept {
    return fault.place.of == Direction::input ? input_ : output_;
  }

  AtAccept at_accept_;
  Shared shared_;
  std::uint64_t next_index_;
  std::uint64_t next_index_of_admin_ = std::uint64_t{1} << 32U;
  std::optional<Fault> met_at_accept_;
  Flow input_;
  Flow output_;
};

}  // namespace faults
