#include "server/serving/fault_orders.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "server/serving/fault_numbers.hpp"
#include "streams/address.hpp"
#include "tests/catch.hpp"

using server::serving::FaultNumbers;
using server::serving::FaultOrders;

namespace {

faults::Fault fault(std::string_view text) { return faults::parse(text).fault; }

}  // namespace

TEST_CASE("with nothing asked for, nothing is kept and all may pass", "[faults]") {
  FaultOrders orders;
  CHECK(orders.empty());
  CHECK(orders.left_before(100) == std::numeric_limits<std::size_t>::max());
  CHECK_FALSE(orders.is_due(100, true));
}

TEST_CASE("what is asked for behind an end begins once that has come", "[faults]") {
  FaultOrders orders;
  orders.clear_at(10);
  CHECK(orders.add(fault("fin at byte 3"), {.output = 15}));
  CHECK(orders.show({.output = 15}) == std::vector<std::string>{"fin at byte 3"});
  CHECK(orders.show({.output = 19}).empty());  // behind it
  orders.clear_at(20);
  CHECK(orders.show({.output = 20}).empty());
  CHECK(orders.add(fault("reset at byte 0"), {.output = 25}));

  CHECK(orders.left_before(4) == 6);
  CHECK_FALSE(orders.is_due(9, false));
  CHECK(orders.is_due(9, true));  // the output waits for ever
  REQUIRE(orders.is_due(10, false));
  const std::vector<FaultOrders::Added> first = orders.take();
  REQUIRE(first.size() == 1);
  CHECK(to_text(first[0].fault) == "fin at byte 3");
  CHECK(first[0].from.output == 15);
  CHECK(orders.left_before(10) == 10);
  CHECK(to_text(orders.take().at(0).fault) == "reset at byte 0");
  CHECK(orders.empty());
}

TEST_CASE("an end behind an end with nothing between is the same one", "[faults]") {
  FaultOrders orders;
  for (std::uint64_t i = 10; i < 1000; ++i) orders.clear_at(i);
  CHECK(orders.left_before(0) == 10);
  CHECK(orders.take().empty());
  CHECK(orders.empty());
}

TEST_CASE("no more are in force than a plan has, and more are kept only for a moment", "[faults]") {
  FaultOrders orders;
  orders.clear_at(0);
  for (std::uint64_t i = 0; i < faults::Plan::max_faults; ++i) {
    CHECK(orders.add(fault("fin"), {.output = 7}));
  }
  CHECK_FALSE(orders.add(fault("fin"), {.output = 7}));
  CHECK_FALSE(orders.is_crowded());
  CHECK(orders.add(fault("fin"), {.output = 8}));  // the others are behind it
  CHECK(orders.is_crowded());
  orders.take();
  CHECK_FALSE(orders.is_crowded());
}

TEST_CASE("connections are numbered, in all and of each source", "[faults]") {
  const auto peer = [](const char* address) {
    return *streams::Endpoint::of_literal(streams::HostPort(address, 1));
  };
  FaultNumbers numbers;
  const auto first = numbers.next(7, peer("192.0.2.1"));
  CHECK((first.seed == 7 && first.connection == 1 && first.of_source == 1));
  const auto other = numbers.next(7, peer("192.0.2.2"));
  CHECK((other.connection == 2 && other.of_source == 1));
  const auto again = numbers.next(7, peer("::ffff:192.0.2.1"));
  CHECK((again.connection == 3 && again.of_source == 2));
}
