#include "client/load/fifo.hpp"

#include <deque>

#include "tests/catch.hpp"

using client::load::Fifo;

TEST_CASE("a fifo gives back what was put in, in order, also after it has grown around its end") {
  Fifo<int> fifo;
  std::deque<int> model;
  int next = 0;
  for (int round = 1; round < 200; ++round) {
    for (int i = 0; i < round % 7 + 1; ++i) {
      fifo.push(next);
      model.push_back(next++);
    }
    for (int i = 0; i < round % 5 && !model.empty(); ++i) {
      REQUIRE(fifo.front() == model.front());
      fifo.pop();
      model.pop_front();
    }
    REQUIRE(fifo.size() == model.size());
    REQUIRE(fifo.empty() == model.empty());
  }
  fifo.clear();
  CHECK(fifo.empty());
  fifo.push(42);
  CHECK(fifo.front() == 42);
}
