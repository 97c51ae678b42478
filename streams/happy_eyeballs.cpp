#include "streams/happy_eyeballs.hpp"

#include <deque>
#include <utility>

#include "streams/as_completed.hpp"
#include "streams/connect.hpp"
#include "streams/event.hpp"
#include "streams/timeout.hpp"

namespace streams {
namespace {

/// One address of the race, and what the next one waits for.
struct Entrant {
  Entrant(EventLoop& loop, const Endpoint& address)
      : endpoint(address), begun(loop), failed(loop) {}
  Endpoint endpoint;
  Event begun;
  Event failed;
};

Task<bool> happens(Event& event) { co_return co_await event.wait(); }

/// False when cancelled.
Task<bool> turn_after(EventLoop& loop, Entrant& previous) {
  const bool begun = co_await previous.begun.wait();
  if (!begun) co_return false;
  const auto failed =
      co_await with_timeout(loop, connection_attempt_delay, happens(previous.failed));
  co_return failed.value || failed.ec == std::errc::timed_out;
}

Task<Opened> attempt(EventLoop& loop, Entrant* previous, Entrant& entrant, StreamOptions options,
                     ConnectOptions how) {
  Opened opened;
  if (previous != nullptr) {
    const bool go = co_await turn_after(loop, *previous);
    if (!go) {
      opened.ec = make_cancelled();
      co_return opened;
    }
  }
  entrant.begun.set();
  const auto begun = std::chrono::steady_clock::now();
  auto connecting =
      finish_connect(loop, begin_connect(entrant.endpoint, how), entrant.endpoint, options);
  opened = co_await std::move(connecting);
  opened.handshake = std::chrono::steady_clock::now() - begun;
  if (opened.ec) entrant.failed.set();
  co_return opened;
}

Task<Opened> winner(AsCompleted<Opened>& racing) {
  Opened last;
  last.ec = std::make_error_code(std::errc::invalid_argument);
  while (auto next = co_await racing.next()) {
    last = next->result.take();
    if (last.connection != nullptr) break;
  }
  co_return last;
}

}  // namespace

std::vector<Endpoint> interleave(const std::vector<Endpoint>& endpoints) {
  std::deque<Endpoint> first;
  std::deque<Endpoint> other;
  for (const Endpoint& endpoint : endpoints) {
    (endpoint.family() == endpoints.front().family() ? first : other).push_back(endpoint);
  }
  std::vector<Endpoint> result;
  while (!first.empty() || !other.empty()) {
    for (std::deque<Endpoint>* const family : {&first, &other}) {
      if (family->empty()) continue;
      result.push_back(family->front());
      family->pop_front();
    }
  }
  return result;
}

Task<Opened> connect_to_first(EventLoop& loop, std::vector<Endpoint> endpoints,
                              StreamOptions options, SocketOptions socket) {
  ConnectOptions how;
  how.socket = std::move(socket);
  std::deque<Entrant> entrants;
  std::vector<Task<Opened>> attempts;
  Entrant* previous = nullptr;
  for (const Endpoint& endpoint : interleave(endpoints)) {
    Entrant& entrant = entrants.emplace_back(loop, endpoint);
    attempts.push_back(attempt(loop, previous, entrant, options, how));
    previous = &entrant;
  }
  auto racing = as_completed(loop, std::move(attempts), winner);
  co_return co_await std::move(racing);
}

}  // namespace streams
