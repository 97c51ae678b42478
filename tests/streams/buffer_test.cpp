#include "streams/buffer.hpp"

#include <cstring>
#include <stdexcept>
#include <string>

#include "tests/catch.hpp"
#include "tests/streams/death.hpp"

using streams::Buffer;
using streams::BufferPool;

namespace {

/// A buffer that is released before it goes, as it wants to be.
struct Owned {
  explicit Owned(BufferPool& lender) : pool(lender) {}
  ~Owned() { buffer.release(pool); }
  BufferPool& pool;
  Buffer buffer;
};

void put(Buffer& buffer, BufferPool& pool, std::string_view bytes) {
  const std::span<char> room = buffer.prepare(pool, bytes.size());
  REQUIRE(room.size() >= bytes.size());
  std::memcpy(room.data(), bytes.data(), bytes.size());
  buffer.commit(bytes.size());
}

std::string numbers(std::size_t size) {
  std::string text;
  while (text.size() < size) text += std::to_string(text.size()) + ' ';
  text.resize(size);
  return text;
}

}  // namespace

TEST_CASE("a buffer gives back what was appended, in order", "[buffer]") {
  BufferPool pool;
  Owned owned(pool);
  Buffer& buffer = owned.buffer;
  CHECK(buffer.empty());
  CHECK(buffer.data().empty());
  buffer.append(pool, "");
  CHECK(buffer.empty());
  buffer.append(pool, "abc");
  put(buffer, pool, "def");
  CHECK(buffer.data() == "abcdef");
  CHECK(buffer.size() == 6);
  buffer.consume(4);
  CHECK(buffer.data() == "ef");
  buffer.append(pool, "g");
  CHECK(buffer.data() == "efg");
  buffer.consume(3);
  CHECK(buffer.empty());
}

TEST_CASE("room that was prepared and not committed is not data", "[buffer]") {
  BufferPool pool;
  Owned owned(pool);
  Buffer& buffer = owned.buffer;
  put(buffer, pool, "abc");
  const std::span<char> room = buffer.prepare(pool, 10);
  room[0] = 'x';
  CHECK(buffer.data() == "abc");
  buffer.commit(1);
  CHECK(buffer.data() == "abcx");
}

TEST_CASE("a buffer borrows one block of the pool, and owns nothing once released", "[buffer]") {
  BufferPool pool;
  char* const block = pool.acquire();
  pool.release(block);
  Owned owned(pool);
  Buffer& buffer = owned.buffer;
  buffer.append(pool, "abc");
  CHECK(buffer.data().data() == block);
  buffer.release(pool);
  CHECK(buffer.empty());
  char* const again = pool.acquire();
  CHECK(again == block);
  pool.release(again);
  buffer.append(pool, "usable again");
  CHECK(buffer.data() == "usable again");
}

TEST_CASE("a buffer grows beyond a block and keeps its data", "[buffer]") {
  BufferPool pool;
  Owned owned(pool);
  Buffer& buffer = owned.buffer;
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    const std::string piece = numbers(static_cast<std::size_t>(i) * 997);
    buffer.append(pool, piece);
    expected += piece;
    REQUIRE((buffer.data() == expected));
  }
  CHECK(buffer.size() > 8 * BufferPool::block_size);
}

TEST_CASE("a first append of more than a block fits", "[buffer]") {
  BufferPool pool;
  for (const std::size_t size : {BufferPool::block_size - 1, BufferPool::block_size,
                                 BufferPool::block_size + 1, 10 * BufferPool::block_size}) {
    Owned owned(pool);
    Buffer& buffer = owned.buffer;
    const std::string text = numbers(size);
    buffer.append(pool, text);
    CHECK((buffer.data() == text));
  }
}

TEST_CASE("appending and consuming in any mix keeps the order", "[buffer]") {
  BufferPool pool;
  Owned owned(pool);
  Buffer& buffer = owned.buffer;
  std::string expected;
  unsigned seed = 1;
  for (int i = 0; i < 3000; ++i) {
    seed = seed * 1664525U + 1013904223U;
    const std::string piece(seed >> 19, static_cast<char>('a' + i % 26));
    buffer.append(pool, piece);
    expected += piece;
    seed = seed * 1664525U + 1013904223U;
    const std::size_t taken = std::min<std::size_t>(seed >> 19, expected.size());
    buffer.consume(taken);
    expected.erase(0, taken);
    REQUIRE((buffer.data() == expected));
  }
}

TEST_CASE("a long stream through a buffer that never holds much stays within a block", "[buffer]") {
  BufferPool pool;
  char* const block = pool.acquire();
  pool.release(block);
  Owned owned(pool);
  Buffer& buffer = owned.buffer;
  buffer.append(pool, "seed");
  for (int i = 0; i < 10000; ++i) {
    buffer.append(pool, "0123456789");
    buffer.consume(10);
    REQUIRE(buffer.data().data() >= block);
    REQUIRE(buffer.data().data() < block + BufferPool::block_size);
  }
  CHECK(buffer.size() == 4);
}

TEST_CASE("an emptied buffer has the whole block as room again", "[buffer]") {
  BufferPool pool;
  Owned owned(pool);
  Buffer& buffer = owned.buffer;
  buffer.append(pool, numbers(1000));
  buffer.consume(1000);
  CHECK(buffer.prepare(pool, 1).size() == BufferPool::block_size);
}

TEST_CASE("a buffer refuses to hold more than 2 GiB", "[buffer]") {
  BufferPool pool;
  Owned owned(pool);
  Buffer& buffer = owned.buffer;
  CHECK(buffer.prepare(pool, Buffer::max_size + 1).empty());
  CHECK(buffer.prepare(pool, SIZE_MAX).empty());
  buffer.append(pool, "abc");
  CHECK(buffer.prepare(pool, Buffer::max_size - 2).empty());
  CHECK(buffer.prepare(pool, SIZE_MAX).empty());
  CHECK(buffer.data() == "abc");
}

TEST_CASE("what was consumed last can still be seen until room is asked for", "[buffer]") {
  BufferPool pool;
  Owned owned(pool);
  Buffer& buffer = owned.buffer;
  CHECK(buffer.consumed(0).empty());
  buffer.append(pool, "abcdef");
  buffer.consume(2);
  buffer.consume(3);
  CHECK(buffer.consumed(3) == "cde");
  CHECK(buffer.consumed(5) == "abcde");
  buffer.consume(1);
  CHECK(buffer.consumed(1) == "f");
}

#ifndef NDEBUG
TEST_CASE("a buffer destroyed with a block in it is caught in debug builds", "[buffer]") {
  CHECK(tests::dies([] {
    BufferPool pool;
    Buffer buffer;
    buffer.append(pool, "abc");
  }));
}
#endif
