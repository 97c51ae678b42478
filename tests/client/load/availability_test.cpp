#include "client/load/availability.hpp"

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using client::load::Availability;
using client::load::Duration;
using client::load::Outage;
using client::load::Time;

namespace {

constexpr Time start{100s};

std::vector<Outage> outages_of(std::initializer_list<const Availability*> threads,
                               Duration length = 10s) {
  const std::vector<const Availability*> all(threads);
  return Availability::outages(all, length);
}

Availability begun() {
  Availability availability;
  availability.begin(start);
  return availability;
}

}  // namespace

TEST_CASE("a second in which requests failed and none was answered is an outage") {
  Availability thread = begun();
  thread.served(start, start + 1495ms);
  thread.failing(start + 1500ms, start + 4999ms);
  thread.served(start + 5s, start + 5001ms);
  const auto outages = outages_of({&thread});
  REQUIRE(outages.size() == 1);
  CHECK(outages[0].from == 1500ms);
  CHECK(outages[0].length == 3500ms);
}

TEST_CASE("less than a second is none, and neither is a second in which nothing was asked") {
  Availability thread = begun();
  thread.served(start, start);
  thread.failing(start + 1s, start + 1980ms);
  thread.served(start + 8s, start + 9s);
  CHECK(outages_of({&thread}).empty());
}

TEST_CASE("what another thread was answered shows that there was a service") {
  Availability hung = begun();
  hung.failing(start + 1s, start + 9s);
  Availability served = begun();
  for (auto now = start; now < start + 10s; now += 500ms) served.served(now, now);
  CHECK(outages_of({&hung, &served}).empty());
  CHECK(outages_of({&hung}).size() == 1);
}

TEST_CASE("threads that have nothing to do say nothing") {
  const Availability idle = begun();
  Availability hung = begun();
  hung.failing(start + 1s, start + 3s);
  CHECK(outages_of({&idle, &hung}).size() == 1);
}

TEST_CASE("failures one after the other are one outage, in whatever order they are told") {
  Availability thread = begun();
  thread.failing(start + 3s, start + 4s);
  thread.failing(start + 2s, start + 3s);
  thread.failing(start + 2500ms, start + 5s);
  const auto outages = outages_of({&thread});
  REQUIRE(outages.size() == 1);
  CHECK(outages[0].from == 2s);
  CHECK(outages[0].length == 3010ms);
}

TEST_CASE("an outage begins with the measurement at the earliest and ends with it") {
  Availability thread = begun();
  thread.failing(start - 5s, start + 3s);
  const auto outages = outages_of({&thread}, 2s);
  REQUIRE(outages.size() == 1);
  CHECK(outages[0].from == 0s);
  CHECK(outages[0].length == 2s);
}

TEST_CASE("a service that takes its time was there while it worked on what it answered") {
  Availability slow = begun();
  for (auto sent = start; sent < start + 10s; sent += 2s) slow.served(sent, sent + 2s);
  slow.failing(start + 1s, start + 9s);
  CHECK(outages_of({&slow}).empty());
}
