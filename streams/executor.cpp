#include "streams/executor.hpp"

#include <cassert>

#include <asio/post.hpp>

namespace streams {

Executor::Executor(std::size_t threads) : pool_(threads) { assert(threads > 0); }

// A thread_pool that is only destroyed drops what it has not begun.
Executor::~Executor() { pool_.join(); }

void Executor::submit(Job& job) {
  asio::post(pool_, [&job] { job.run(); });
}

}  // namespace streams
