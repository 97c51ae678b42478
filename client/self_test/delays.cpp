#include "client/self_test/delays.hpp"

#include <algorithm>

namespace client::self_test {

using namespace std::chrono_literals;

namespace {

// Of a run of two seconds 8 %: no percentile that is judged is at its edge, where a request more or
// less makes all the difference.
constexpr Duration stall_from = 1s;
constexpr Duration stall_until = 1160ms;

}  // namespace

const Delays none{"none", "every reply at once",
                  [](std::uint64_t, Duration) { return Duration{0}; }};

const std::array<Delays, 3> known{{
    {"constant", "every reply takes 10 ms", [](std::uint64_t, Duration) { return Duration{10ms}; }},
    {"two-valued", "one reply of five takes 40 ms, the others 5 ms",
     [](std::uint64_t number, Duration) {
       return number % 5 == 0 ? Duration{40ms} : Duration{5ms};
     }},
    {"stall", "2 ms, but nothing is answered from 1 s to 1.16 s",
     [](std::uint64_t, Duration since_first) {
       const bool stalls = since_first >= stall_from && since_first < stall_until;
       return std::max<Duration>(2ms, stalls ? stall_until - since_first : Duration{0});
     }},
}};

}  // namespace client::self_test
