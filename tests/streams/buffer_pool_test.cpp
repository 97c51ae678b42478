#include "streams/buffer_pool.hpp"

#include <cstring>
#include <set>
#include <vector>

#include "tests/catch.hpp"

using streams::BufferPool;

TEST_CASE("the block that came back last is lent next", "[buffer_pool]") {
  BufferPool pool;
  char* const first = pool.acquire();
  char* const second = pool.acquire();
  CHECK(first != second);
  pool.release(first);
  pool.release(second);
  CHECK(pool.acquire() == second);
  CHECK(pool.acquire() == first);
  pool.release(first);
  pool.release(second);
}

TEST_CASE("blocks that are lent at the same time do not overlap", "[buffer_pool]") {
  BufferPool pool;
  std::vector<char*> blocks;
  for (int i = 0; i < 100; ++i) {
    blocks.push_back(pool.acquire());
    std::memset(blocks.back(), i, BufferPool::block_size);
  }
  for (int i = 0; i < 100; ++i) {
    const char* const block = blocks[static_cast<std::size_t>(i)];
    CHECK(block[0] == i);
    CHECK(block[BufferPool::block_size - 1] == i);
  }
  for (char* block : blocks) pool.release(block);
}

TEST_CASE("the pool keeps its most blocks for reuse and gives the rest back", "[buffer_pool]") {
  BufferPool pool;
  std::vector<char*> blocks;
  for (std::size_t i = 0; i < BufferPool::max_free + 10; ++i) blocks.push_back(pool.acquire());
  const std::set<char*> kept(blocks.begin(), blocks.begin() + BufferPool::max_free);
  for (char* block : blocks) pool.release(block);
  std::vector<char*> again;
  for (std::size_t i = 0; i < BufferPool::max_free; ++i) {
    again.push_back(pool.acquire());
    CHECK(kept.count(again.back()) == 1);
  }
  for (char* block : again) pool.release(block);
}

TEST_CASE("the pool knows how many blocks are lent, kept ones not counted", "[buffer_pool]") {
  BufferPool pool;
  CHECK(pool.lent() == 0);
  std::vector<char*> blocks;
  for (std::size_t i = 0; i <= BufferPool::max_free; ++i) blocks.push_back(pool.acquire());
  CHECK(pool.lent() == BufferPool::max_free + 1);
  for (char* const block : blocks) pool.release(block);
  CHECK(pool.lent() == 0);
}
