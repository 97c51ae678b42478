#include "client/load/processors.hpp"

#include "tests/catch.hpp"

using client::load::Processors;

TEST_CASE("threads spin only with a processor each, and one left for the service") {
  CHECK(Processors{2, 2, false}.let_spin(1));
  CHECK_FALSE(Processors{2, 2, false}.let_spin(2));
  CHECK_FALSE(Processors{1, 1, false}.let_spin(1));
  CHECK(Processors{8, 8, false}.let_spin(7));
}

TEST_CASE("pinned to one of several processors, one thread spins and two do not") {
  CHECK(Processors{1, 2, false}.let_spin(1));
  CHECK_FALSE(Processors{1, 8, false}.let_spin(2));
}

TEST_CASE("where a quota counts the time, nothing spins") {
  CHECK_FALSE(Processors{8, 8, true}.let_spin(1));
}

TEST_CASE("this process has a processor") {
  const Processors ours = Processors::of_this_process();
  CHECK(ours.allowed >= 1);
  CHECK(ours.online >= ours.allowed);
}
