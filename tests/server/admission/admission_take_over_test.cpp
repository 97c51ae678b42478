// Admission of connections that another process has admitted.
#include "server/admission/admission.hpp"
#include "streams/address.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using server::admission::Places;
using server::admission::Ticket;
using server::insight::Refusal;

namespace {

streams::Endpoint client(const char* address) {
  return *streams::Endpoint::of_literal(streams::HostPort(address, 1));
}

streams::Task<void> take_over_beyond_limits(streams::EventLoop& loop) {
  Places places(loop, 1);
  config::Access access;
  access.max_per_source = 2;
  config::Limits limits;
  limits.max_connections = 1;
  server::admission::Admission admission(loop, places, limits, access, 1);
  const auto now = server::admission::Admission::Clock::now();
  {
    const Ticket first = admission.take_over(client("192.0.2.1"));
    const Ticket second = admission.take_over(client("192.0.2.1"));
    const Ticket third = admission.take_over(client("192.0.2.2"));
    CHECK(first);
    CHECK(third);
    CHECK(admission.places_taken() == 3);
    CHECK(places.connections.out() == 3);
    CHECK_FALSE(admission.try_take());
    limits.max_connections = 10;
    admission.apply(places, limits, access);
    places.connections.resize(10);
    Ticket next = admission.try_take();
    CHECK(next);
    CHECK(admission.admit(client("192.0.2.1"), next, now) == Refusal::source_full);
    CHECK_FALSE(admission.admit(client("192.0.2.2"), next, now));
  }
  CHECK(admission.all_returned());
  CHECK(places.connections.all_released());
  Ticket again = admission.try_take();
  CHECK_FALSE(admission.admit(client("192.0.2.1"), again, now));
  co_return;
}

}  // namespace

TEST_CASE("a connection of another process is counted, whatever the limits are", "[admission]") {
  streams::EventLoop loop;
  tests::run(loop, take_over_beyond_limits(loop));
}
