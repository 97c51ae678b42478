// Dispatcher: gives each request of the open loop, when it is due, to one of a thread's
// connections. Dispatch::free: to one that can send it at once, those with nothing in flight first
// and the longest idle of them, then those with room in their pipeline; where there is none, it
// waits, and the first connection that can takes the oldest. Dispatch::fixed: to the connection
// whose turn it is, and there it waits, whatever the others do. Constant time and no allocation a
// request, save where the queue of those that wait grows. One thread.
#pragma once

#include <cstddef>
#include <vector>

#include "client/load/fifo.hpp"
#include "client/load/plan.hpp"
#include "client/load/progress.hpp"
#include "client/load/tally.hpp"
#include "streams/intrusive_list.hpp"

namespace client::load {

class Dispatcher {
 public:
  Dispatcher(Dispatch dispatch, Tally& tally, Progress& progress) noexcept
      : is_fixed_(dispatch == Dispatch::fixed), tally_(tally), progress_(progress) {}

  /// A connection. It gets requests while it stands by, and then one: it says so again for more.
  class Taker : public streams::ListHook {
   public:
    virtual ~Taker() = default;
    /// The request that was due at `when`, not later than `now`, is this one's, which stands by no
    /// more.
    virtual void take(Time when, Time now) = 0;

   protected:
    void stand_by_no_more() noexcept { unlink(); }

   private:
    friend class Dispatcher;
    Fifo<Time> bound_;  // when what waits for this one alone was due
  };

  /// The takers have turns in the order in which they are added. All outlive the last due().
  void add(Taker& taker) { takers_.push_back(&taker); }
  std::size_t takers() const noexcept { return takers_.size(); }

  /// A request is due, which is offered and under way from now on; `turn` is whose it is where it
  /// is bound.
  void due(Time when, std::size_t turn, Time now);
  /// What has waited for the longest of what `taker` may send, and is its now; Time::max() when
  /// nothing waits. For those that do not stand by.
  Time next_for(Taker& taker) noexcept { return next_of(is_fixed_ ? taker.bound_ : waiting_); }
  /// `taker` can send one more at once; nothing waits for it. `is_idle`: it has nothing in flight.
  void stand_by(Taker& taker, bool is_idle) noexcept {
    taker.unlink();
    (is_idle ? idle_ : with_room_).push_back(taker);
  }
  /// next_for(), or else stand_by(): for one that sends a request at a time.
  void offer(Taker& taker, Time now) {
    const Time when = next_for(taker);
    if (when == Time::max()) return stand_by(taker, true);
    taker.take(when, now);
  }
  /// Hands to the tally what waits: it is not sent any more.
  void drop_waiting();

 private:
  using Takers = streams::IntrusiveList<Taker>;

  static Time next_of(Fifo<Time>& waiting) noexcept;
  Taker* choose(std::size_t turn) noexcept;
  void drop(Fifo<Time>& waiting);

  const bool is_fixed_;
  Tally& tally_;
  Progress& progress_;
  std::vector<Taker*> takers_;
  Takers idle_;  // the longest idle first
  Takers with_room_;
  Fifo<Time> waiting_;  // when what no connection can take yet was due
};

inline Time Dispatcher::next_of(Fifo<Time>& waiting) noexcept {
  if (waiting.empty()) return Time::max();
  const Time when = waiting.front();
  waiting.pop();
  return when;
}

}  // namespace client::load
