// Poller: asks every target for its figures, all side by side over one pool of kept connections,
// and knows what each has said last. A target that hangs holds up nobody: each has its own time
// limit, and all may be asked at a time, which takes as many descriptors. Pinned; the loop's
// thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "client/top/inquiry.hpp"
#include "client/top/target_state.hpp"
#include "streams/address.hpp"
#include "streams/connection_pool.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace client::top {

struct Target {
  Target() = default;
  streams::Address address;
  std::string name;               ///< as it was written
  std::string host;               ///< of HTTP's field of that name
  std::string path = "/metrics";  ///< to GET
  bool is_url = false;            ///< it speaks HTTP; else the first answer tells
};

class Poller {
 public:
  /// `timeout` is each target's for everything, from the connection to the end of its answer.
  Poller(streams::EventLoop& loop, const std::vector<Target>& targets,
         std::chrono::nanoseconds timeout);
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Asks all of them once. Cancelled, it ends soon, and what the states are then tells nothing.
  streams::Task<void> poll();

  /// In the order in which they were given.
  std::vector<TargetState> states() const;
  /// Whether one of them answered when it was asked last.
  bool any_is_up() const noexcept;
  const streams::ConnectionPool& pool() const noexcept { return pool_; }

 private:
  class Asked;

  streams::EventLoop& loop_;
  streams::ConnectionPool pool_;
  std::deque<Asked> asked_;
};

}  // namespace client::top
