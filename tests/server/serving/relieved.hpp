// Sessions of the line protocol on one loop whose buffers may not take much, and their relief.
#pragma once

#include <cstddef>
#include <deque>

#include "server/serving/relief.hpp"
#include "server/serving/session.hpp"
#include "tests/server/serving/serving.hpp"
#include "tests/streams/budget.hpp"
#include "tests/streams/run.hpp"

namespace tests {

inline constexpr std::size_t block = streams::BufferPool::block_size;

/// Sessions of the line protocol on one loop, whose buffers may take `limit`.
struct Relieved {
  explicit Relieved(std::size_t limit) : watched(limit) {
    loop.buffers().set_budget(watched.budget);
    sessions.events.subscribe(events);
  }

  Peer& start() {
    SocketPair pair = tcp_pair();
    server::serving::Accepted connection = accepted(std::move(pair.ours), listener);
    connection.id = peers.size() + 1;
    server::serving::Session::start(sessions, std::move(connection));
    return peers.emplace_back(std::move(pair.theirs));
  }

  Budget watched;
  Events events;
  TestListener listener{"line"};
  streams::EventLoop loop;
  server::serving::Sessions sessions{loop, 0};
  server::serving::Relief relief{sessions, watched.budget};
  std::deque<Peer> peers;
};

inline streams::Task<void> hold_unfinished_lines(Relieved& self, int count) {
  for (int i = 0; i < count; ++i) self.start().send("PI");
  co_await several_turns(self.loop);
}

inline streams::Task<void> end(Relieved& self) {
  for (Peer& peer : self.peers) peer.shutdown_send();
  co_await self.sessions.join();
  self.relief.end();
}

}  // namespace tests
