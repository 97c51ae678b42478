#include "client/load/availability.hpp"

#include <algorithm>

namespace client::load {
namespace {

constexpr Duration shortest = std::chrono::seconds{1};

bool at(const std::vector<bool>& marks, std::size_t tick) {
  return tick < marks.size() && marks[tick];
}

}  // namespace

void Availability::mark_served(Time sent, Time now) {
  const std::size_t last = index_of(now);
  if (served_.size() <= last) served_.resize(last + 1);
  for (std::size_t index = index_of(sent); index <= last; ++index) served_[index] = true;
  next_ = start_ + (last + 1) * tick;
}

std::size_t Availability::index_of(Time time) const noexcept {
  return static_cast<std::size_t>((std::max(time, start_) - start_) / tick);
}

void Availability::failing(Time since, Time now) {
  if (start_ == Time::max() || now < start_) return;
  const std::size_t last = index_of(now);
  if (failing_.size() <= last) failing_.resize(last + 1);
  std::size_t first = index_of(since);
  // Many requests fail together; what is marked already is not marked once more.
  if (first >= marked_from_ && first < marked_until_) {
    first = marked_until_;
  } else {
    marked_from_ = first;
    marked_until_ = first;
  }
  for (std::size_t index = first; index <= last; ++index) failing_[index] = true;
  marked_until_ = std::max(marked_until_, last + 1);
}

std::vector<Outage> Availability::outages(std::span<const Availability* const> threads,
                                          Duration length) {
  std::vector<Outage> found;
  const auto ticks = static_cast<std::size_t>((length + tick - Duration{1}) / tick);
  std::size_t begin = 0;
  for (std::size_t index = 0; index <= ticks; ++index) {
    bool failing = false;
    bool served = index == ticks;
    for (const Availability* const thread : threads) {
      failing = failing || at(thread->failing_, index);
      served = served || at(thread->served_, index);
    }
    if (failing && !served) continue;
    const Duration from = static_cast<Duration::rep>(begin) * tick;
    const Duration until = std::min(static_cast<Duration::rep>(index) * tick, length);
    if (until - from >= shortest) found.push_back({from, until - from});
    begin = index + 1;
  }
  return found;
}

}  // namespace client::load
