#include "client/load/pulse.hpp"

#include <utility>

namespace client::load {

void Pulse::begin() {
  last_ = ThreadUsage::of_this_thread(loop_.spun());
  began_ = last_.at;
  timer_.call_later(period, [this] { beat(); });
}

void Pulse::beat() {
  const ThreadUsage now = ThreadUsage::of_this_thread(loop_.spun());
  const ThreadUsage before = std::exchange(last_, now);
  timer_.call_later(period, [this] { beat(); });
  const Duration length = stood_still(before, now, period);
  if (length >= shortest) standstills_.add(now.at - length - began_, length);
}

}  // namespace client::load
