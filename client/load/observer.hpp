// Observer: who watches a load run while it goes on: a live display, a file of intervals, a test.
// Called on the main thread, between other work of its loop, and so not for long.
#pragma once

#include <chrono>

#include "client/load/results.hpp"

namespace client::load {

class Observer {
 public:
  /// The connections are about to be made.
  virtual void connecting(const Plan&) {}
  /// They are made, or were given up for the first time; the load begins. The measurement follows
  /// after the plan's warm-up.
  virtual void started() {}
  /// The figures of the last second, or at the end of what was left of it. Only of the measurement.
  /// Their sums are those of the whole run, the times that unsent requests had waited among them.
  virtual void interval(const Figures&) {}
  /// It was interrupted and now ends, which may take a second.
  virtual void stopping() {}

 protected:
  ~Observer() = default;
};

/// An observer that ignores everything.
class NoObserver final : public Observer {};

}  // namespace client::load
