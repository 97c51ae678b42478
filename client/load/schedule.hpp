// Schedule: when the requests of an open loop are due. Time is a function of a request's position
// in the run, so that nothing drifts however late someone looks, and every thread can work out its
// own share. Immutable; any thread.
#pragma once

#include <vector>

#include "client/load/plan.hpp"

namespace client::load {

class Schedule {
 public:
  /// `stages` is not empty. The first one's rate is also that of the warm-up before it; the last
  /// one's end rate goes on for ever.
  Schedule(const std::vector<RateStage>& stages, Duration warmup);

  /// When the request at `position`, 0 or more, is due, since the schedule's start. A position may
  /// lie between two requests. Duration::max() when it never is.
  Duration due(double position) const noexcept;
  /// How many are due before `time`.
  double position(Duration time) const noexcept;

 private:
  /// The rate goes evenly from `from` to `to`.
  struct Segment {
    double start;     // seconds
    double length;    // seconds
    double position;  // at the start
    double from;      // a second
    double to;
  };

  const Segment& segment_with(double Segment::*member, double value) const noexcept;
  static double position_in(const Segment& segment, double seconds) noexcept;

  std::vector<Segment> segments_;
};

}  // namespace client::load
