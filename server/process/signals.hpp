// The signals that the daemon answers, read from a descriptor. They are blocked in the thread that
// makes this object and in every thread started later: none is lost before someone waits, and one
// that comes during the last moments does no harm. See signalfd(2). The first object of main();
// one descriptor for life, opened once the standard ones exist.
#pragma once

#include <csignal>
#include <initializer_list>

#include "streams/event_loop.hpp"
#include "streams/task.hpp"
#include "streams/unique_fd.hpp"
#include "streams/watched_descriptor.hpp"

namespace server::process {

class Signals {
 public:
  /// Blocks them. One that the process was started to ignore stays ignored, as nohup(1) and a
  /// shell's `&` ask for; SIGTERM alone is heard all the same.
  explicit Signals(std::initializer_list<int> numbers) noexcept;
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// From here on take() has them. Throws std::system_error.
  void open();
  /// Has them do what they did before, for a program that is not to be a daemon after all. One that
  /// came meanwhile takes effect at once.
  void release() noexcept;

  /// The number of the next signal; 0 for none.
  int take() noexcept;
  /// Has take() return it again, before others.
  void put_back(int number) noexcept { ::sigaddset(&put_back_, number); }

  /// Waiting for them on a loop. One waits at a time; the loop's thread.
  class Watch {
   public:
    /// `signals`, which is open, and `loop` outlive it. Throws std::system_error when the loop
    /// cannot watch.
    Watch(Signals& signals, streams::EventLoop& loop);
    /// Waits until take() may have one; false when cancelled. Take all that there are.
    streams::WatchedDescriptor::Awaiter readable() noexcept { return readable_.readable(); }
    /// The number of the next signal; 0 when cancelled.
    streams::Task<int> next();

   private:
    Signals& signals_;
    streams::WatchedDescriptor readable_;
  };

 private:
  sigset_t set_{};
  sigset_t before_{};
  sigset_t put_back_{};
  streams::UniqueFd fd_;
};

}  // namespace server::process
