#include "streams/executor.hpp"

#include <asio/post.hpp>

#include "streams/misuse.hpp"

namespace streams {

Executor::Executor(std::size_t threads) : pool_(threads) {
  if (threads == 0) misuse("an Executor without a thread");
}

// A thread_pool that is only destroyed drops what it has not begun.
Executor::~Executor() { pool_.join(); }

void Executor::submit(Job& job) {
  asio::post(pool_, [&job] { job.run(); });
}

}  // namespace streams
