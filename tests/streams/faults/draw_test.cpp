#include "streams/faults/draw.hpp"

#include <chrono>
#include <cmath>
#include <string>

#include "streams/faults/grammar.hpp"
#include "streams/faults/script.hpp"
#include "tests/catch.hpp"
#include "tests/streams/faults/pumped.hpp"

using namespace std::chrono_literals;
using faults::Draw;
using faults::Identity;

namespace {

constexpr int many = 20'000;

faults::Fault fault(const std::string& text) { return faults::parse(text).fault; }

/// Mean and deviation of a delay, in milliseconds.
struct Spread {
  double mean;
  double deviation;
};
Spread spread(const faults::Fault& delay) {
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < many; ++i) {
    const double ms = std::chrono::duration<double, std::milli>(
                          Draw({.seed = 5}, 0, static_cast<unsigned>(i)).delay(delay))
                          .count();
    sum += ms;
    squares += ms * ms;
  }
  const double mean = sum / many;
  return {mean, std::sqrt(squares / many - mean * mean)};
}

int count_at_accept(const std::string& text, int connections) {
  const faults::Plan plan = tests::plan_of({text});
  int count = 0;
  for (int i = 1; i <= connections; ++i) {
    const Identity who{.seed = 7,
                       .connection = static_cast<unsigned>(i),
                       .of_source = static_cast<unsigned>((i + 1) / 2)};
    if (faults::at_accept(plan, who).what != faults::AtAccept::What::nothing) ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("what is drawn is the same on every machine") {
  Draw draw({.seed = 1, .connection = 2, .of_source = 3}, 4, 5);
  CHECK(draw.next() == 0x9942B0D2537ABC8F);
  CHECK(draw.next() == 0x9E10EBF04C3822A3);
}

TEST_CASE("seed, connection, fault and hit each make another draw") {
  const std::uint64_t one = Draw({.seed = 1, .connection = 1}, 0, 0).next();
  CHECK(Draw({.seed = 1, .connection = 1}, 0, 0).next() == one);
  CHECK(Draw({.seed = 2, .connection = 1}, 0, 0).next() != one);
  CHECK(Draw({.seed = 1, .connection = 2}, 0, 0).next() != one);
  CHECK(Draw({.seed = 1, .connection = 1}, 1, 0).next() != one);
  CHECK(Draw({.seed = 1, .connection = 1}, 0, 1).next() != one);
}

TEST_CASE("a chance is met as often as it says") {
  for (const double share : {0.01, 0.5, 0.999}) {
    int met = 0;
    for (unsigned i = 0; i < many; ++i) {
      if (Draw({.seed = 3}, 2, i).happens(static_cast<std::uint64_t>(share * 1e9))) ++met;
    }
    CAPTURE(share);
    const double sigma = std::sqrt(many * share * (1 - share));
    CHECK(std::abs(met - many * share) < 4 * sigma);
  }
  CHECK(Draw({}, 0, 0).happens(faults::whole));
  CHECK(!Draw({}, 0, 0).happens(0));
}

TEST_CASE("a delay has the distribution that it says") {
  const Spread normal = spread(fault("delay normal 5ms 1ms"));
  CHECK(std::abs(normal.mean - 5) < 0.03);
  CHECK(std::abs(normal.deviation - 1) < 0.03);
  const Spread two = spread(fault("delay 2ms 90% 50ms 10%"));
  CHECK(std::abs(two.mean - 6.8) < 0.5);
  CHECK(std::abs(two.deviation - 14.4) < 0.5);
  const Spread one = spread(fault("delay 2ms"));
  CHECK(one.mean == 2);
  CHECK(one.deviation < 1e-6);
  for (unsigned i = 0; i < 1000; ++i) {
    const auto delay = Draw({}, 0, i).delay(fault("delay normal 1ms 24h"));
    CHECK(delay >= 0ms);
    CHECK(delay <= 6 * 24h + 1ms);
  }
}

TEST_CASE("a scope is of sources, of the listener's connections, or of a share of them") {
  CHECK(count_at_accept("close", 100) == 100);
  CHECK(count_at_accept("close for first 3 of each source", 100) == 6);
  CHECK(count_at_accept("close for every 3rd connection", 100) == 33);
  CHECK(std::abs(count_at_accept("close for 20% of connections", 10'000) - 2000) < 160);
  CHECK(std::abs(count_at_accept("close with 20%", 10'000) - 2000) < 160);
  CHECK(count_at_accept("silent", 100) == 0);
}
