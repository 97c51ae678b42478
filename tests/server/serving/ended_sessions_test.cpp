#include "server/serving/ended_sessions.hpp"

#include <cstdint>
#include <vector>

#include "tests/catch.hpp"

using server::serving::EndedSessions;

namespace {

EndedSessions::Ended session(std::uint64_t id) {
  EndedSessions::Ended ended{};
  ended.id = id;
  return ended;
}

std::vector<std::uint64_t> ids_of(const std::vector<EndedSessions::Ended>& sessions) {
  std::vector<std::uint64_t> ids;
  for (const EndedSessions::Ended& one : sessions) ids.push_back(one.id);
  return ids;
}

}  // namespace

TEST_CASE("the last to end are told first, and no more than there are", "[ended_sessions]") {
  EndedSessions ended;
  CHECK(ended.last(5).empty());
  for (std::uint64_t id = 1; id <= 3; ++id) ended.add(session(id));
  CHECK(ids_of(ended.last(2)) == std::vector<std::uint64_t>{3, 2});
  CHECK(ids_of(ended.last(5)) == std::vector<std::uint64_t>{3, 2, 1});
}

TEST_CASE("the oldest is forgotten where there are too many", "[ended_sessions]") {
  EndedSessions ended;
  for (std::uint64_t id = 1; id <= EndedSessions::most_kept + 2; ++id) ended.add(session(id));
  const auto all = ended.last(2 * EndedSessions::most_kept);
  CHECK(all.size() == EndedSessions::most_kept);
  CHECK(all.back().id == 3);
}
