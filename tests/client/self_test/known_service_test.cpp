#include "client/self_test/known_service.hpp"

#include <optional>

#include "client/self_test/trial.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace std::chrono_literals;
using namespace tests;
using client::self_test::known;
using client::self_test::none;
using client::self_test::Trial;
using client::self_test::try_load;
using client::self_test::try_starved;

TEST_CASE("the distributions are what they are called") {
  const auto& [constant, two_valued, stall] = known;
  CHECK(constant.of(0, 0s) == constant.of(17, 3s));
  CHECK(two_valued.of(0, 0s) > two_valued.of(1, 0s));
  CHECK(two_valued.of(5, 0s) == two_valued.of(0, 0s));
  CHECK(stall.of(0, 999ms) == 2ms);
  CHECK(stall.of(0, 1s) == 160ms);
  CHECK(stall.of(0, 1150ms) == 10ms);
  CHECK(stall.of(0, 1160ms) == 2ms);
}

TEST_CASE("the service logs each request, and never more time than the client measures") {
  const Watchdog watchdog(100);
  streams::EventLoop loop;
  const Trial trial = loop.run(try_load(loop, known[0], 500, 50, 300ms));
  const auto& total = trial.results.total;
  CHECK(trial.log.count() == total.sent());
  CHECK(trial.log.min() >= 10ms);
  CHECK(total.service.min() >= trial.log.min());
  CHECK(total.service.percentile(50) >= trial.log.percentile(50) - trial.log.percentile(50) / 500);
}

TEST_CASE("a service that nobody uses ends") {
  client::self_test::KnownService service(none);
  service.stop();
  CHECK(service.log().empty());
  const client::self_test::KnownService dropped(none);
}

TEST_CASE("a generator without a processor is noticed") {
  const Watchdog watchdog(100);
  streams::EventLoop loop;
  const std::optional<Trial> trial = loop.run(try_starved(loop));
  REQUIRE(trial.has_value());
  CHECK_FALSE(trial->results.valid());
}
