#include "client/load/processors.hpp"

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using client::load::list_of;
using client::load::Processors;
using client::load::ProcessorTimes;

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
  CHECK(ours.numbers.size() == ours.allowed);
}

TEST_CASE("the times of processors go on, and only those that are asked for count") {
  const auto ours = Processors::of_this_process().numbers;
  const auto before = ProcessorTimes::so_far(ours);
  CHECK(before.busy > 0ns);
  CHECK(ProcessorTimes::so_far(ours).busy >= before.busy);
  CHECK(ProcessorTimes::so_far({}).busy == 0ns);
}

TEST_CASE("a list of processors has ranges") {
  CHECK(list_of({0}) == "0");
  CHECK(list_of({0, 1, 2, 5, 7, 8}) == "0-2,5,7-8");
}
