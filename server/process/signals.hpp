// The signals that stop the daemon, read from a descriptor. They are blocked in the thread that
// makes this object and in every thread started later, and stay blocked until the process ends:
// none is lost before someone waits, and one that comes during the last moments does no harm. See
// signalfd(2). Make it before any thread; wait on a loop's thread.
#pragma once

#include <initializer_list>

#include "streams/event_loop.hpp"
#include "streams/task.hpp"
#include "streams/unique_fd.hpp"

namespace server::process {

class Signals {
 public:
  /// Throws std::system_error.
  explicit Signals(std::initializer_list<int> numbers);

  /// The number of the next signal; 0 when cancelled.
  streams::Task<int> wait(streams::EventLoop& loop);

 private:
  streams::UniqueFd fd_;
};

}  // namespace server::process
