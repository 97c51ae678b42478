#include "client/load/arrivals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace client::load {

Arrivals::Arrivals(const Schedule& schedule, const Plan& plan, const Share& share)
    : schedule_(schedule),
      arrival_(plan.arrival),
      share_(share),
      warmup_(plan.warmup),
      limit_(plan.requests ? share.part_of(*plan.requests)
                           : std::numeric_limits<std::uint64_t>::max()),
      // The same sum for all threads, and no request is counted as half.
      measured_from_(std::ceil(schedule.position(plan.warmup))),
      end_(plan.requests ? measured_from_ + static_cast<double>(*plan.requests)
                         : std::numeric_limits<double>::infinity()),
      random_(mix(plan.seed) + share.thread) {
  compute();
}

void Arrivals::pop() noexcept {
  if (++connection_ == share_.own()) {
    connection_ = 0;
    ++round_;
  }
  compute();
}

void Arrivals::compute() noexcept {
  if (arrival_ == Arrival::constant) {
    position_ = static_cast<double>(round_) * static_cast<double>(share_.connections) +
                static_cast<double>(share_.number(connection_));
    front_ = {position_ < end_ ? schedule_.due(position_) : Duration::max(), connection_};
    return;
  }
  // Unit-rate arrivals, stretched to the schedule's rate at their time.
  position_ -= std::log(random_.next_unit()) / share_.part_of_rate(1);
  front_ = {schedule_.due(position_), connection_};
  if (front_.time < warmup_) return;
  if (limit_ == 0) {
    front_.time = Duration::max();
  } else {
    --limit_;
  }
}

Arrivals::Rest Arrivals::rest_before(Duration time) const noexcept {
  Rest rest;
  rest.from = position_;
  rest.until = std::max(std::min(schedule_.position(time), end_), position_);
  const double count = std::round((rest.until - rest.from) * share_.part_of_rate(1));
  rest.count = std::min(static_cast<std::uint64_t>(count), limit_);
  return rest;
}

}  // namespace client::load
