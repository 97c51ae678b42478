// A Halt: several workers' loops stand still, each in a callback between two turns, until they are
// told to go on. No turn, timer, job, accept or permit of theirs can run meanwhile, so whoever has
// halted them sees and moves what is theirs as if there were one thread. A loop that hangs is
// waited for no longer than said, and what it was to do does not happen.
//
// On the thread of the first of the workers, whose loop stands because its caller does not return.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "server/serving/worker.hpp"

namespace server::serving {

class Halt {
 public:
  using Clock = std::chrono::steady_clock;
  /// With a worker and its number, on its thread; owns what it touches, because one that was too
  /// late for begin() may run once that has given up.
  using Visit = std::function<void(Worker&, std::size_t)>;

  /// The workers outlive their loops' run(); none has ended.
  explicit Halt(std::vector<Worker*> workers);
  /// end(), without the last visit.
  ~Halt() { end(false); }
  Halt(const Halt&) = delete;
  Halt& operator=(const Halt&) = delete;

  /// Has each of them call `visit` and stand, the first one last; once. False where one has not by
  /// `until`, or a visit has thrown; then end() is next. Throws std::bad_alloc.
  bool begin(Visit visit, Visit last, Clock::time_point until);
  /// They go on, each after the last visit where that is wanted; the first has made it on return.
  /// Where begin() has failed there is none.
  void end(bool with_last) noexcept;

 private:
  struct State;

  const std::vector<Worker*> workers_;
  const std::shared_ptr<State> state_;  // shared with callbacks that may come too late
  bool all_stand_ = false;
};

}  // namespace server::serving
