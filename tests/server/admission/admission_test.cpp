#include "server/admission/admission.hpp"

#include <optional>
#include <vector>

#include "streams/address.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using config::AtLimit;
using server::admission::Action;
using server::admission::Places;
using server::admission::Ticket;
using server::insight::Refusal;

namespace {

const config::Access everybody;

struct Admission : server::admission::Admission {
  Admission(streams::EventLoop& loop, Places& places, const config::Limits& limits,
            const config::Access& access = everybody)
      : server::admission::Admission(loop, places, limits, access, 1) {}
};

config::Limits limits(std::size_t max_connections, AtLimit at_limit = AtLimit::wait) {
  config::Limits limits;
  limits.max_connections = max_connections;
  limits.at_limit = at_limit;
  return limits;
}

streams::Endpoint peer(const char* address) {
  return *streams::Endpoint::of_literal(streams::HostPort(address, 1));
}

/// As on the server's first loop.
template <class Test>
void on_a_loop(Test test) {
  streams::EventLoop loop;
  tests::run(loop, test(loop));
}

streams::Task<void> keep(std::optional<Ticket>& kept, Admission& admission) {
  kept = co_await admission.wait();
}

}  // namespace

TEST_CASE("what is done about a connection follows from the places that are free", "[admission]") {
  struct Row {
    AtLimit at_limit;
    bool place;
    bool refusal_place;
    Action action;
  };
  const std::vector<Row> rows{
      {AtLimit::wait, true, true, Action::take},
      {AtLimit::wait, true, false, Action::take},
      {AtLimit::wait, false, true, Action::wait},
      {AtLimit::wait, false, false, Action::wait},
      {AtLimit::refuse, true, true, Action::take},
      {AtLimit::refuse, true, false, Action::take},
      {AtLimit::refuse, false, true, Action::refuse},
      {AtLimit::refuse, false, false, Action::turn_away},
  };
  for (const Row& row : rows) {
    INFO("row " << &row - rows.data());
    CHECK(server::admission::decide(row.at_limit, row.place, row.refusal_place) == row.action);
  }
}

TEST_CASE("a ticket takes a place of the listener's and one of the server's, and gives both back",
          "[admission]") {
  on_a_loop([](streams::EventLoop& loop) -> streams::Task<void> {
    Places places(loop, 2);
    Admission small(loop, places, limits(1));
    Admission large(loop, places, limits(10));
    {
      const Ticket first = small.try_take();
      CHECK(first);
      CHECK_FALSE(small.try_take());
      CHECK_FALSE(small.all_returned());
      const Ticket second = large.try_take();
      CHECK(second);
      CHECK_FALSE(large.try_take());
    }
    CHECK(small.all_returned());
    CHECK(places.connections.free() == 2);
    co_return;
  });
}

TEST_CASE("a listener that is full keeps nothing of the server's", "[admission]") {
  on_a_loop([](streams::EventLoop& loop) -> streams::Task<void> {
    Places places(loop, 2);
    Admission full(loop, places, limits(1));
    const Ticket only = full.try_take();
    CHECK_FALSE(full.try_take());
    CHECK(places.connections.free() == 1);
    co_return;
  });
}

TEST_CASE("who waits gets the place of the next one that leaves", "[admission]") {
  on_a_loop([](streams::EventLoop& loop) -> streams::Task<void> {
    Places places(loop, 1);
    Admission admission(loop, places, limits(10));
    std::optional<Ticket> held(admission.try_take());
    std::optional<Ticket> waited;
    streams::TaskGroup group(loop);
    group.spawn(keep(waited, admission));
    co_await tests::several_turns(loop);
    CHECK_FALSE(waited.has_value());
    held.reset();
    co_await group.join();
    CHECK((waited && *waited));
    waited.reset();
    CHECK(admission.all_returned());
  });
}

TEST_CASE("who is cancelled while waiting holds no place", "[admission]") {
  on_a_loop([](streams::EventLoop& loop) -> streams::Task<void> {
    Places places(loop, 1);
    Admission other(loop, places, limits(10));
    Admission admission(loop, places, limits(10));
    const Ticket held = other.try_take();
    std::optional<Ticket> waited;
    streams::TaskGroup group(loop);
    group.spawn(keep(waited, admission));
    group.cancel();
    co_await group.join();
    CHECK((waited && !*waited));
    CHECK(admission.all_returned());
  });
}

TEST_CASE("so many are refused with care at once, and the others are turned away", "[admission]") {
  on_a_loop([](streams::EventLoop& loop) -> streams::Task<void> {
    Places places(loop, 1);
    Admission admission(loop, places, limits(10, AtLimit::refuse));
    Admission::Decision taken = admission.next();
    CHECK(taken.action == Action::take);
    std::vector<Ticket> refusals;
    for (std::size_t i = 0; i < Places::max_refusals; ++i) {
      Admission::Decision refused = admission.next();
      CHECK(refused.action == Action::refuse);
      refusals.push_back(std::move(refused.ticket));
    }
    CHECK(admission.next().action == Action::turn_away);
    refusals.pop_back();
    CHECK(admission.next().action == Action::refuse);
    taken.ticket = Ticket();
    CHECK(admission.next().action == Action::take);
    co_return;
  });
}

TEST_CASE("new limits hold from the next connection on", "[admission]") {
  on_a_loop([](streams::EventLoop& loop) -> streams::Task<void> {
    Places places(loop, 10);
    Admission admission(loop, places, limits(1));
    const Ticket first = admission.try_take();
    CHECK(admission.next().action == Action::wait);
    admission.apply(places, limits(1, AtLimit::refuse), everybody);
    CHECK(admission.next().action == Action::refuse);
    admission.apply(places, limits(2), everybody);
    CHECK(admission.next().action == Action::take);
    co_return;
  });
}

TEST_CASE("a listener that has changed hands takes from its new places", "[admission]") {
  on_a_loop([](streams::EventLoop& loop) -> streams::Task<void> {
    Places places(loop, 1);
    Places others(loop, 1);
    Admission admission(loop, places, limits(10));
    Ticket first = admission.try_take();
    CHECK(first);
    CHECK_FALSE(admission.try_take());
    admission.apply(others, limits(10), everybody);
    const Ticket second = admission.try_take();
    CHECK(second);
    CHECK(others.connections.free() == 0);
    // What was given goes home all the same.
    first = Ticket();
    CHECK(places.connections.free() == 1);
    co_return;
  });
}

TEST_CASE("who comes is held against the lists, then the source's connections, then the rates",
          "[admission]") {
  on_a_loop([](streams::EventLoop& loop) -> streams::Task<void> {
    config::Access access;
    access.deny = text::NetworkSet({text::parse_network("192.0.2.0/24").value});
    access.max_per_source = 2;
    access.connect_rate = 1;
    access.connect_burst = 3;
    Places places(loop, 100);
    Admission admission(loop, places, limits(100), access);
    CHECK(admission.looks_at_peers());
    const auto now = Admission::Clock::now();
    std::vector<Ticket> tickets;
    const auto come = [&](const char* address) {
      Ticket ticket = admission.try_take();
      const auto refusal = admission.admit(peer(address), ticket, now);
      if (!refusal) tickets.push_back(std::move(ticket));
      return refusal;
    };
    CHECK(come("192.0.2.7") == Refusal::denied);
    CHECK(come("198.51.100.1") == std::nullopt);
    CHECK(come("198.51.100.1") == std::nullopt);
    CHECK(come("198.51.100.1") == Refusal::source_full);
    CHECK(come("198.51.100.2") == std::nullopt);
    CHECK(come("198.51.100.3") == Refusal::rate);
    CHECK(admission.places_taken() == 3);
    CHECK(places.connections.out() == 3);
    tickets.clear();
    CHECK(admission.all_returned());
    CHECK(places.connections.all_released());
    co_return;
  });
}

TEST_CASE("who is refused for want of a place is held against the lists and counts nowhere",
          "[admission]") {
  on_a_loop([](streams::EventLoop& loop) -> streams::Task<void> {
    config::Access access;
    access.deny = text::NetworkSet({text::parse_network("192.0.2.0/24").value});
    access.max_per_source = 1;
    Places places(loop, 1);
    Admission admission(loop, places, limits(1, AtLimit::refuse), access);
    const Ticket only = admission.try_take();
    Admission::Decision full = admission.next();
    CHECK(full.action == Action::refuse);
    const auto now = Admission::Clock::now();
    for (int i = 0; i < 3; ++i) {
      CHECK(admission.admit(peer("198.51.100.1"), full.ticket, now) == std::nullopt);
    }
    CHECK(admission.admit(peer("192.0.2.7"), full.ticket, now) == Refusal::denied);
    co_return;
  });
}

TEST_CASE("a peer without an IP address is let in", "[admission]") {
  on_a_loop([](streams::EventLoop& loop) -> streams::Task<void> {
    config::Access access;
    access.allow = text::NetworkSet({text::parse_network("192.0.2.0/24").value});
    access.max_per_source = 1;
    Places places(loop, 10);
    Admission admission(loop, places, limits(10), access);
    sockaddr_storage of_unix{};
    of_unix.ss_family = AF_UNIX;
    std::vector<Ticket> tickets;
    for (int i = 0; i < 3; ++i) {
      tickets.push_back(admission.try_take());
      CHECK(admission.admit(streams::Endpoint(of_unix), tickets.back(), Admission::Clock::now()) ==
            std::nullopt);
    }
    co_return;
  });
}

TEST_CASE("new access holds from the next connection on; without any, no peer is looked at",
          "[admission]") {
  on_a_loop([](streams::EventLoop& loop) -> streams::Task<void> {
    Places places(loop, 10);
    Admission admission(loop, places, limits(10));
    CHECK_FALSE(admission.looks_at_peers());
    const Ticket before = admission.try_take();
    config::Access access;
    access.max_per_source = 1;
    admission.apply(places, limits(10), access);
    CHECK(admission.looks_at_peers());
    const auto now = Admission::Clock::now();
    Ticket first = admission.try_take();
    CHECK(admission.admit(peer("192.0.2.7"), first, now) == std::nullopt);
    Ticket second = admission.try_take();
    CHECK(admission.admit(peer("192.0.2.7"), second, now) == Refusal::source_full);
    access.max_per_source = 2;
    admission.apply(places, limits(10), access);
    CHECK(admission.admit(peer("192.0.2.7"), second, now) == std::nullopt);
    admission.apply(places, limits(10), everybody);
    CHECK_FALSE(admission.looks_at_peers());
    co_return;
  });
}
