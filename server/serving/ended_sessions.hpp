// EndedSessions: what the last sessions of one worker came to, of listeners that have it kept
// (keep_ended). Bounded: the oldest goes where there are too many. On the worker's thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include "server/protocols/admin_host.hpp"
#include "streams/text/running_hash.hpp"

namespace server::serving {

/// What has come of the peer's bytes while the protocol ran, and what was written to it.
struct Passed {
  text::RunningHash in;
  text::RunningHash out;
};

class EndedSessions {
 public:
  using Ended = protocols::AdminHost::Ended;

  static constexpr std::size_t most_kept = protocols::AdminHost::most_ended;

  /// Throws std::bad_alloc.
  void add(Ended ended) {
    latest_.push_front(std::move(ended));
    if (latest_.size() > most_kept) latest_.pop_back();
  }
  /// The last that have ended, at most `most`, the latest first. Throws std::bad_alloc.
  std::vector<Ended> last(std::size_t most) const {
    const auto count = static_cast<std::ptrdiff_t>(std::min(most, latest_.size()));
    return {latest_.begin(), latest_.begin() + count};
  }

 private:
  std::deque<Ended> latest_;
};

}  // namespace server::serving
