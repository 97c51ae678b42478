#include "server/serving/peer_wait.hpp"

#include <chrono>
#include <new>

#include "streams/event_loop.hpp"
#include "tests/catch.hpp"

using server::serving::PeerWait;
using namespace std::chrono_literals;

TEST_CASE("a wait for a peer is found by others for as long as it lasts, however it ends") {
  streams::EventLoop loop;
  PeerWait* place = nullptr;
  try {
    PeerWait wait(place, loop, 1h);
    CHECK(place == &wait);
    throw std::bad_alloc();  // of the frame of what was to wait
  } catch (const std::bad_alloc&) {
    CHECK(place == nullptr);
  }
}

TEST_CASE("a wait for a peer that was ended says so") {
  streams::EventLoop loop;
  PeerWait* place = nullptr;
  PeerWait wait(place, loop, faults::no_end);
  CHECK_FALSE(wait.was_ended());
  place->end();
  CHECK(wait.was_ended());
  CHECK(wait.scope().cancelled());
}
