// What held up a generator, and what helps against that. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/load/results.hpp"

namespace client::load {

enum class Cause : std::uint8_t {
  stood_still,  ///< it or its machine was stopped
  throttled,    ///< a quota of its control group
  saturated,    ///< it had more to do than a processor can
  stolen,       ///< the hypervisor gave its processor to others
  shared,       ///< the service may have been on its processors
  crowded,      ///< something else was on its processors
  woken_late    ///< none of these: its processor was there, and it was not on it in time
};

/// What held up the generator of `results` most.
Cause cause_of(const Results& results);
/// What it was where a thread of it waited for a processor.
Cause cause_of_waiting(const Health& health);

/// What it was, and what to do about it: the end of a sentence about something that was not as it
/// had to be.
std::string advice_on(Cause cause, const Results& results);

/// Commands that give the service and the generator processors of their own; none where there are
/// not enough of them.
std::vector<std::string> commands_apart(const Health& health);

}  // namespace client::load
