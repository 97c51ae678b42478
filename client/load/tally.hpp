// Tally: what one generator thread counts. The figures of the current second are swapped for empty
// ones when the main thread asks; the rest is handed over at the end. The thread's own until then,
// so that counting is plain stores.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/load/results.hpp"

namespace client::load {

struct Tally {
  static constexpr std::size_t max_mismatches = 8;

  /// Whether requests are timed, and whether from when they were due.
  Tally(bool has_replies, bool open_loop) : has_replies_(has_replies), open_loop_(open_loop) {}

  std::unique_ptr<Figures> figures = std::make_unique<Figures>();
  measure::Histogram connect;
  measure::Histogram lag;
  measure::Histogram own_lag;
  Availability availability;
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

  /// A request is begun, or in the open loop due.
  void offered(Time due) noexcept {
    if (due >= measured_from) ++figures->offered;
  }
  void sent(Time due, Time now) noexcept {
    if (due < measured_from) return;
    last_sent = now;
    if (open_loop_) lag.record(now - due);
  }
  void answered(Time due, Time sent, Time now) {
    answered_once = true;
    availability.served(sent, now);
    if (due < measured_from) return;
    if (first_reply == Time{}) [[unlikely]]
      first_reply = now;
    last_reply = now;
    ++figures->answered;
    if (!has_replies_) return;
    figures->service.record(now - sent);
    if (open_loop_) figures->response.record(now - due);
  }
  /// The request is an error; one that was never `sent` has Time{}.
  void failed(ErrorKind kind, Time due, Time sent, Time now, const std::string& words = {});
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
  bool has_replies_;
  bool open_loop_;
};

}  // namespace client::load
