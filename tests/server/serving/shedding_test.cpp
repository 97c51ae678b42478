#include "server/serving/shedding.hpp"

#include <string>
#include <vector>

#include "tests/catch.hpp"

using server::serving::Shedding;
using namespace std::chrono_literals;

TEST_CASE("when shedding begins and how much of it is a worker's, step by step", "[shedding]") {
  struct Row {
    std::string what;
    std::chrono::milliseconds at;
    Shedding::Seen seen;  // exhausted, limit, taken, own, ending
    std::size_t bytes;
  };
  Shedding shedding;
  for (const Row& row : std::vector<Row>{
           {"nothing while there is room", 0ms, {false, 1000, 900, 900, 0}, 0},
           {"those who read have a moment", 1s, {true, 1000, 1100, 1100, 0}, 0},
           {"and all of it", 1249ms, {true, 1000, 1100, 1100, 0}, 0},
           {"then it is time, down to one half", 1250ms, {true, 1000, 1100, 1100, 0}, 601},
           {"and goes on to be", 1300ms, {true, 1000, 900, 900, 0}, 401},
           {"of that, this worker's part", 1350ms, {true, 1000, 1000, 500, 0}, 251},
           {"less what is on its way", 1400ms, {true, 1000, 1000, 500, 100}, 151},
           {"which may be enough", 1450ms, {true, 1000, 1000, 500, 251}, 0},
           {"or more", 1450ms, {true, 1000, 1000, 500, 400}, 0},
           {"one that has nothing gives nothing of size", 1500ms, {true, 1000, 1000, 0, 0}, 1},
           {"until there is room", 1550ms, {false, 1000, 750, 750, 0}, 0},
           {"and from then on there is a moment again", 2s, {true, 1000, 1100, 1100, 0}, 0},
           {"but none for far too much", 2001ms, {true, 1000, 1251, 1251, 0}, 752},
           {"a quarter more is not far too much", 2002ms, {true, 1000, 1250, 1250, 0}, 0},
       }) {
    INFO(row.what);
    CHECK(shedding.look(row.seen, Shedding::Clock::time_point{} + row.at) == row.bytes);
  }
}

TEST_CASE("those go first who hold most and take least", "[shedding]") {
  using Holder = Shedding::Holder;
  struct Row {
    std::string what;
    std::vector<Holder> holders;
    std::size_t bytes;
    std::vector<std::uint64_t> ids;
  };
  for (const Row& row : std::vector<Row>{
           {"nobody", {}, 100, {}},
           {"nobody for nothing", {{1, 100, 0}}, 0, {}},
           {"who holds most", {{1, 10, 0}, {2, 30, 0}, {3, 20, 0}}, 1, {2}},
           {"as many as it takes", {{1, 10, 0}, {2, 30, 0}, {3, 20, 0}}, 50, {2, 3}},
           {"and no more", {{1, 10, 0}, {2, 30, 0}, {3, 20, 0}}, 51, {2, 3, 1}},
           {"all who are there", {{1, 10, 0}, {2, 30, 0}}, 1000, {2, 1}},
           {"who takes nothing before who takes something", {{1, 30, 1000}, {2, 10, 0}}, 1, {2}},
           {"who takes little before who takes much", {{1, 30, 1000}, {2, 30, 10}}, 1, {2}},
           {"the younger of two that are alike", {{1, 10, 0}, {2, 10, 0}}, 10, {2}},
       }) {
    INFO(row.what);
    std::vector<Holder> holders = row.holders;
    const std::size_t count = Shedding::choose(holders, row.bytes);
    std::vector<std::uint64_t> ids;
    for (std::size_t i = 0; i < count; ++i) ids.push_back(holders[i].id);
    CHECK(ids == row.ids);
  }
}
