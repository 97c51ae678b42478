// The clock of a load run: monotonic, the kernel's CLOCK_MONOTONIC, which timerfd knows too.
#pragma once

#include <chrono>

namespace client::load {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

}  // namespace client::load
