// Tally: what one generator thread counts. The figures of the current second are swapped for empty
// ones when the main thread asks; the rest is handed over at the end. The thread's own until then,
// so that counting is plain stores.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/load/breakdown.hpp"
#include "client/load/results.hpp"

namespace client::load {

struct Tally {
  static constexpr std::size_t max_mismatches = 8;
  static constexpr std::size_t no_target = Breakdown::no_target;

  /// `plan` outlives it.
  explicit Tally(const Plan& plan);

  std::unique_ptr<Figures> figures = std::make_unique<Figures>();
  measure::Histogram connect;
  std::unique_ptr<Pieced> pieced;        ///< none as long as all came in one piece
  std::unique_ptr<Stamped> with_stamps;  ///< none without them
  Network network;
  Time network_looked_at;  ///< the last time
  measure::Histogram lag;
  measure::Histogram own_lag;
  Availability availability;
  std::unique_ptr<Breakdown> breakdown;  ///< none where there is nothing to tell apart
  ErrorCounts other_errors;
  std::vector<Mismatch> mismatches;
  std::array<std::string, error_kinds.size()> error_examples;
  std::vector<std::string> notes;
  std::vector<Time> unsent;  ///< due and not to be sent any more
  struct Group {
    Time due;
    std::uint64_t size;
  };
  std::vector<Group> unsent_groups;  ///< the same, where they are too many to be kept singly
  std::uint64_t out_of_ports = 0;
  std::uint64_t wrong_replies = 0;   ///< since the start, of the warm-up as well
  bool answered_once = false;        ///< likewise, rightly
  std::uint64_t active = 0;          ///< connections that are open
  Time measured_from = Time::max();  ///< what was begun or due earlier is not counted
  Time first_reply;                  ///< of those that are counted
  Time last_reply;
  Time last_sent;

  /// Before any of those below: the measurement begins then, after the warm-up.
  void begin(Time measurement) noexcept {
    availability.begin(measurement);
    if (breakdown != nullptr) breakdown->begin(measurement);
  }
  /// Requests are begun, or in the open loop one is due.
  void offered(Time due, std::uint64_t requests = 1) noexcept {
    if (due >= measured_from) figures->offered += requests;
  }
  void sent(Time due, Time now) noexcept {
    if (due < measured_from) return;
    last_sent = now;
    if (open_loop_) lag.record(now - due);
  }
  /// So many at once, which were due and sent at once.
  void answered(Time due, Time sent, Time now, std::size_t target, std::uint64_t requests = 1) {
    answered_once = true;
    availability.served(sent, now);
    if (breakdown != nullptr) [[unlikely]]
      breakdown->served(sent, now, target);
    if (due < measured_from) return;
    if (first_reply == Time{}) [[unlikely]]
      first_reply = now;
    last_reply = now;
    figures->answered += requests;
    if (breakdown != nullptr) [[unlikely]]
      breakdown->answered(due, sent, now, target, requests);
    if (!has_replies_) return;
    figures->service.record(now - sent, requests);
    if (open_loop_) figures->response.record(now - due, requests);
  }
  /// The reply that is answered() now had begun to come at `first`.
  void answered_in_pieces(Time due, Time sent, Time first, Time now);
  /// The request that is answered() now was in the server for so long, as it says.
  void stamped(Time due, Time sent, Time now, Duration in_server) noexcept {
    if (due >= measured_from) with_stamps->record(now - sent, in_server);
  }
  /// The request is an error; one that was never `sent` has Time{}, and maybe no_target.
  void failed(ErrorKind kind, Time due, Time sent, Time now, std::size_t target,
              const std::string& words = {});
  /// So many lines came for which nobody had asked, as a character generator's.
  void received(std::uint64_t lines, Time now, std::size_t target);
  void connect_failed(std::size_t target) noexcept;
  /// What was wanted of the target since `since` had not been had by `now`.
  void failing(Time since, Time now, std::size_t target);
  /// One of no request.
  void failed_beside(ErrorKind kind, const std::string& words = {});
  /// A wrong reply, which is counted by failed() or failed_beside().
  void note(Mismatch mismatch);
  /// So many more were due and are unsent; `due` says when, for shares from 0 to 1 of them.
  template <class Due>
  void add_unsent(std::uint64_t count, Due due) {
    constexpr std::uint64_t groups = 1000;
    for (std::uint64_t i = 0; i < groups; ++i) {
      const std::uint64_t size = count / groups + (i < count % groups ? 1 : 0);
      const Time when = due((static_cast<double>(i) + 0.5) / static_cast<double>(groups));
      if (size == 0 || when < measured_from) continue;
      figures->offered += size;
      unsent_groups.push_back({when, size});
    }
  }
  /// Those that are unsent have waited until now.
  void fail_unsent(Time now);
  /// Keeps `words` as those of the kind if they are the first.
  void exemplify(ErrorKind kind, const std::string& words);

 private:
  bool has_replies_;  // so that requests are timed
  bool open_loop_;    // and from when they were due
};

}  // namespace client::load
