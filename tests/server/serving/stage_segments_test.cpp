// Stage: in which pieces bytes leave, as the kernel at the far end has seen them.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>

#include "streams/faults/plan.hpp"
#include "tests/server/serving/one_session.hpp"
#include "tests/streams/run.hpp"

using tests::Served;

namespace {

/// TCP segments with data that have come: tcpi_data_segs_in of <linux/tcp.h>, which does not go
/// together with <netinet/tcp.h>.
std::uint32_t segments(const tests::Peer& peer) {
  constexpr std::size_t offset = 152;
  std::array<char, 160> info{};
  socklen_t size = info.size();
  REQUIRE(::getsockopt(peer.fd(), IPPROTO_TCP, TCP_INFO, info.data(), &size) == 0);
  std::uint32_t count = 0;
  REQUIRE(size >= offset + sizeof count);
  std::memcpy(&count, info.data() + offset, sizeof count);
  return count;
}

}  // namespace

TEST_CASE("the first piece of a slice is alone, too", "[stage]") {
  config::Listener settings = tests::settings("echo");
  settings.plan = faults::parse_plan("slice 1 at byte 5").plan;
  Served served(std::move(settings), faults::Identity{7, 1, 1});
  served.run([](Served& self) -> streams::Task<void> {
    std::string got;
    self.peer->send("abcdefgh");
    co_await tests::until(self.loop,
                          [&self, &got] { return (got += self.peer->receive()).size() == 8; });
    CHECK(got == "abcdefgh");
    CHECK(segments(*self.peer) == 4);
    self.peer->close();
    co_await self.ended();
  });
}
