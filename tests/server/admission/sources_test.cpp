#include "server/admission/sources.hpp"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using server::admission::Seat;
using server::admission::Sources;
using server::insight::Refusal;
using namespace std::chrono_literals;

namespace {

text::IpAddress address(std::string_view written) {
  const auto parsed = text::parse_ip_address(written);
  REQUIRE(parsed);
  return parsed.value;
}

/// The `n`th IPv4 address.
text::IpAddress nth(std::uint32_t n) {
  text::IpAddress::Bytes bytes{};
  bytes[10] = bytes[11] = 0xff;
  for (unsigned i = 0; i < 4; ++i) bytes[15 - i] = static_cast<std::uint8_t>(n >> 8 * i);
  return text::IpAddress(bytes);
}

/// The sources of one listener, under a clock of the test's.
struct Counting {
  explicit Counting(const config::Access& access, std::size_t max_connections = 2'000'000)
      : places(loop, max_connections) {
    sources.apply(access, max_connections == 2'000'000 ? 1000 : max_connections);
  }

  /// A connection from there: its seat, kept in `seats`, or why not.
  std::optional<Refusal> come(const text::IpAddress& from) {
    Seat seat = sources.seat(places.try_acquire());
    const auto refusal = sources.admit(seat, from, now);
    if (!refusal) seats.push_back(std::move(seat));
    return refusal;
  }
  std::optional<Refusal> come(std::string_view from) { return come(address(from)); }
  template <class Steps>
  void run(Steps steps) {
    tests::run(loop, steps(*this));
  }

  streams::EventLoop loop;
  streams::Semaphore places;
  Sources sources{loop, places, 1};
  Sources::Clock::time_point now{100h};
  std::vector<Seat> seats;
};

config::Access max_per_source(std::size_t max) {
  config::Access access;
  access.max_per_source = max;
  return access;
}

config::Access rate_per_source(std::uint32_t rate, std::uint32_t burst) {
  config::Access access;
  access.connect_rate_per_source = rate;
  access.connect_burst_per_source = burst;
  return access;
}

}  // namespace

TEST_CASE("a source has so many connections at once, and others as many", "[sources]") {
  Counting of(max_per_source(3));
  of.run([](Counting& self) -> streams::Task<void> {
    for (int i = 0; i < 3; ++i) CHECK(self.come("192.0.2.1") == std::nullopt);
    CHECK(self.come("192.0.2.1") == Refusal::source_full);
    CHECK(self.come("::ffff:192.0.2.1") == Refusal::source_full);
    CHECK(self.come("192.0.2.2") == std::nullopt);
    CHECK(self.sources.held_by(address("192.0.2.1")) == 3);
    self.seats.erase(self.seats.begin());
    CHECK(self.sources.held_by(address("192.0.2.1")) == 2);
    CHECK(self.come("192.0.2.1") == std::nullopt);
    CHECK(self.come("192.0.2.1") == Refusal::source_full);
    // Who was refused has given its place back.
    CHECK(self.places.out() == 4);
    self.seats.clear();
    CHECK(self.places.all_released());
    co_return;
  });
}

TEST_CASE("IPv6 addresses of one prefix are one source", "[sources]") {
  struct Row {
    unsigned prefix;
    std::string_view other;
    bool is_same;
  };
  const auto row = GENERATE(values<Row>({{64, "2001:db8::ffff:0:0:1", true},
                                         {64, "2001:db8:0:1::1", false},
                                         {56, "2001:db8:0:ff::1", true},
                                         {56, "2001:db8:0:100::1", false},
                                         {128, "2001:db8::2", false},
                                         {1, "7fff::1", true},
                                         {1, "8000::1", false}}));
  config::Access access = max_per_source(1);
  access.source_prefix = row.prefix;
  Counting of(access);
  of.run([row](Counting& self) -> streams::Task<void> {
    CHECK(self.come("2001:db8::1") == std::nullopt);
    CHECK(self.come("2001:db8::1") == Refusal::source_full);
    CHECK((self.come(row.other) == Refusal::source_full) == row.is_same);
    // IPv4 has no part in it.
    CHECK(self.come("192.0.2.1") == std::nullopt);
    CHECK(self.come("192.0.2.2") == std::nullopt);
    self.seats.clear();
    co_return;
  });
}

TEST_CASE("a source makes so many new connections a second; refused ones do not count",
          "[sources]") {
  Counting of(rate_per_source(2, 4));
  of.run([](Counting& self) -> streams::Task<void> {
    for (int i = 0; i < 4; ++i) CHECK(self.come("192.0.2.1") == std::nullopt);
    for (int i = 0; i < 4; ++i) CHECK(self.come("192.0.2.1") == Refusal::source_rate);
    CHECK(self.come("192.0.2.2") == std::nullopt);
    // Those that have ended count as well.
    self.seats.clear();
    CHECK(self.come("192.0.2.1") == Refusal::source_rate);
    self.now += 500ms;
    CHECK(self.come("192.0.2.1") == std::nullopt);
    CHECK(self.come("192.0.2.1") == Refusal::source_rate);
    self.now += 1h;
    for (int i = 0; i < 4; ++i) CHECK(self.come("192.0.2.1") == std::nullopt);
    CHECK(self.come("192.0.2.1") == Refusal::source_rate);
    self.seats.clear();
    co_return;
  });
}

TEST_CASE("all sources together make so many; who is refused for its own sake takes none of them",
          "[sources]") {
  config::Access access = max_per_source(1);
  access.connect_rate = 10;
  access.connect_burst = 3;
  Counting of(access);
  of.run([](Counting& self) -> streams::Task<void> {
    CHECK(self.come("192.0.2.1") == std::nullopt);
    for (int i = 0; i < 10; ++i) CHECK(self.come("192.0.2.1") == Refusal::source_full);
    CHECK(self.come("192.0.2.2") == std::nullopt);
    CHECK(self.come("192.0.2.3") == std::nullopt);
    CHECK(self.come("192.0.2.4") == Refusal::rate);
    // Who never got in is not remembered.
    CHECK(self.sources.size() == 3);
    self.now += 100ms;
    CHECK(self.come("192.0.2.4") == std::nullopt);
    CHECK(self.come("192.0.2.5") == Refusal::rate);
    self.seats.clear();
    co_return;
  });
}

TEST_CASE("a seat that another source gets is the first one's no more", "[sources]") {
  Counting of(max_per_source(1));
  of.run([](Counting& self) -> streams::Task<void> {
    CHECK(self.come("192.0.2.1") == std::nullopt);
    CHECK(self.sources.admit(self.seats.front(), address("203.0.113.7"), self.now) == std::nullopt);
    CHECK(self.come("203.0.113.7") == Refusal::source_full);
    CHECK(self.come("192.0.2.1") == std::nullopt);
    self.seats.clear();
    CHECK(self.sources.held_by(address("192.0.2.1")) == 0);
    CHECK(self.sources.held_by(address("203.0.113.7")) == 0);
    CHECK(self.places.all_released());
    co_return;
  });
}

TEST_CASE("a million addresses fit in a bounded table: the least recently seen leave",
          "[sources]") {
  Counting of(rate_per_source(1, 1));
  of.run([](Counting& self) -> streams::Task<void> {
    constexpr std::uint32_t million = 1'000'000;
    std::uint32_t refused = 0;
    for (std::uint32_t i = 0; i < million; ++i) {
      if (self.come(nth(i))) ++refused;
      self.seats.clear();
    }
    CHECK(refused == 0);
    CHECK(self.sources.size() == Sources::min_capacity);
    // The last ones are known, and have taken what they may.
    const auto first_known = million - static_cast<std::uint32_t>(Sources::min_capacity);
    CHECK(self.come(nth(million - 1)) == Refusal::source_rate);
    CHECK(self.come(nth(first_known)) == Refusal::source_rate);
    // That one was the oldest, and by being seen is the youngest: the next to leave is another.
    CHECK(self.come(nth(5)) == std::nullopt);
    CHECK(self.come(nth(first_known)) == Refusal::source_rate);
    CHECK(self.come(nth(first_known + 1)) == std::nullopt);
    self.seats.clear();
    CHECK(self.sources.size() == Sources::min_capacity);
    // What the one before it had taken is nothing to a newcomer.
    self.now += 1s;
    CHECK(self.come(nth(5)) == std::nullopt);
    self.seats.clear();
    co_return;
  });
}

TEST_CASE("a source that has connections stays, however many others come", "[sources]") {
  Counting of(max_per_source(1));
  of.run([](Counting& self) -> streams::Task<void> {
    CHECK(self.come("203.0.113.7") == std::nullopt);
    std::vector<Seat> kept = std::move(self.seats);
    self.seats.clear();
    for (std::uint32_t i = 0; i < 200'000; ++i) {
      if (self.come(nth(i))) FAIL("refused: " << i);
      self.seats.clear();
    }
    CHECK(self.sources.size() == Sources::min_capacity);
    CHECK(self.come("203.0.113.7") == Refusal::source_full);
    kept.clear();
    CHECK(self.come("203.0.113.7") == std::nullopt);
    self.seats.clear();
    co_return;
  });
}

TEST_CASE("where every source has connections, there is room for one more", "[sources]") {
  Counting of(max_per_source(1));
  of.run([](Counting& self) -> streams::Task<void> {
    constexpr std::uint32_t more = Sources::min_capacity + 10;
    for (std::uint32_t i = 0; i < more; ++i) {
      if (self.come(nth(i))) FAIL("refused: " << i);
    }
    CHECK(self.sources.size() == more);
    for (const std::uint32_t i : {0U, 7U, more - 1}) {
      CHECK(self.come(nth(i)) == Refusal::source_full);
    }
    self.seats.clear();
    CHECK(self.places.all_released());
    co_return;
  });
}

TEST_CASE("a larger table finds those that it had", "[sources]") {
  Counting of(max_per_source(1));
  of.run([](Counting& self) -> streams::Task<void> {
    for (std::uint32_t i = 0; i < 1000; ++i) CHECK(self.come(nth(i)) == std::nullopt);
    self.sources.apply(max_per_source(1), 300'000);
    CHECK(self.come(nth(5000)) == std::nullopt);
    for (std::uint32_t i = 0; i < 1000; ++i) CHECK(self.come(nth(i)) == Refusal::source_full);
    self.seats.clear();
    co_return;
  });
}

TEST_CASE("seats that die on other threads come home, each to its source", "[sources]") {
  Counting of(max_per_source(1000));
  of.run([](Counting& self) -> streams::Task<void> {
    constexpr int threads = 4;
    constexpr int rounds = 50;
    constexpr std::uint32_t each = 100;
    for (int round = 0; round < rounds; ++round) {
      std::vector<std::vector<Seat>> parts(threads);
      for (auto& part : parts) {
        for (std::uint32_t i = 0; i < each; ++i) {
          if (self.come(nth(i % 7))) FAIL("refused");
        }
        part = std::move(self.seats);
        self.seats.clear();
      }
      std::vector<std::thread> others;
      for (auto& part : parts) others.emplace_back([&part] { part.clear(); });
      // While some come home already.
      co_await tests::several_turns(self.loop);
      for (std::thread& other : others) other.join();
      co_await tests::until(self.loop, [&self] { return self.places.all_released(); });
      for (std::uint32_t i = 0; i < 7; ++i) {
        if (self.sources.held_by(nth(i)) != 0) FAIL("a count was lost");
      }
    }
    CHECK(self.places.all_released());
  });
}
