#include "client/load/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace client::load {
namespace {

constexpr double for_ever = std::numeric_limits<double>::infinity();

double in_seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

Schedule::Schedule(const std::vector<RateStage>& stages, Duration warmup) {
  double start = 0;
  double position = 0;
  const auto append = [&](double from, double to, double length) {
    segments_.push_back({start, length, position, from, to});
    position += (from + to) / 2 * length;
    start += length;
  };
  const double first = stages.front().from;
  if (warmup > Duration::zero()) append(first, first, in_seconds(warmup));
  for (const RateStage& stage : stages) append(stage.from, stage.to, in_seconds(stage.time));
  const double last = stages.back().to;
  segments_.push_back({start, for_ever, position, last, last});
}

Duration Schedule::due(double position) const noexcept {
  const Segment& in = segment_with(&Segment::position, position);
  const double after = position - in.position;
  double seconds = in.start;
  if (after > 0) {
    // The root of (slope / 2) t^2 + from t = after, in the form that also bears a slope of 0.
    const double slope = (in.to - in.from) / in.length;
    const double root = std::sqrt(std::max(0.0, in.from * in.from + 2 * slope * after));
    seconds += 2 * after / (in.from + root);
  }
  const double nanoseconds = seconds * 1e9;
  if (!(nanoseconds < 0x1p62)) return Duration::max();
  return Duration{std::llround(nanoseconds)};
}

double Schedule::position(Duration time) const noexcept {
  const double seconds = in_seconds(time);
  const Segment& in = segment_with(&Segment::start, seconds);
  return in.position + position_in(in, seconds - in.start);
}

// The last segment that begins at or before `value`: one without requests is passed over.
const Schedule::Segment& Schedule::segment_with(double Segment::*member,
                                                double value) const noexcept {
  const auto after =
      std::upper_bound(segments_.begin(), segments_.end(), value,
                       [member](double v, const Segment& segment) { return v < segment.*member; });
  return after == segments_.begin() ? segments_.front() : *std::prev(after);
}

double Schedule::position_in(const Segment& segment, double seconds) noexcept {
  const double slope = (segment.to - segment.from) / segment.length;
  return segment.from * seconds + slope / 2 * seconds * seconds;
}

}  // namespace client::load
