#include <fcntl.h>
#include <netinet/in.h>
#include <optional>
#include <string_view>
#include <sys/socket.h>

#include "streams/text/network.hpp"
#include "tests/server/serving/one_acceptor.hpp"

using server::serving::Listener;
using tests::Accepting;

namespace {

/// With a fault, for all that come from 127.0.0.0/8.
std::unique_ptr<const Listener> faulty(Accepting& accepting,
                                       std::optional<faults::Identity> replay = std::nullopt,
                                       std::string_view plan = "fin") {
  config::Listener settings = tests::settings("line");
  settings.plan = faults::parse_plan(plan).plan;
  settings.fault_seed = 7;
  settings.fault_sources = text::NetworkSet({text::parse_network("127.0.0.0/8").value});
  settings.replay = replay;
  return std::make_unique<Listener>(
      settings, *server::protocols::find_protocol("line"),
      server::protocols::Context{"0", {}, accepting.stats, std::chrono::system_clock::now},
      accepting.figures);
}

/// Another's socket, which listens where that one did.
streams::UniqueFd listening_in_place_of(const server::sockets::ListeningSocket& shut) {
  sockaddr_in where{};
  socklen_t size = sizeof where;
  auto* const address = reinterpret_cast<sockaddr*>(&where);
  REQUIRE(::getsockname(shut.fd(), address, &size) == 0);
  streams::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  REQUIRE(::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0);
  REQUIRE(::bind(fd.get(), address, size) == 0);
  REQUIRE(::listen(fd.get(), 1) == 0);
  return fd;
}

}  // namespace

TEST_CASE("connections that faults are for are numbered, from the listener's seed", "[faults]") {
  Accepting accepting(1000);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    self.acceptor.apply(faulty(self));
    self.connect(2);
    co_await self.have(2);
    CHECK(self.taken[0].faulty == faults::Identity{7, 1, 1});
    CHECK(self.taken[1].faulty == faults::Identity{7, 2, 2});
    self.stop();
  });
}

TEST_CASE("where one connection's faults are replayed every connection is that one", "[faults]") {
  Accepting accepting(1000);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    self.acceptor.apply(faulty(self, faults::Identity{9, 12, 3}));
    self.connect(2);
    co_await self.have(2);
    for (const auto& one : self.taken) CHECK(one.faulty == faults::Identity{9, 12, 3});
    // It is none of those that are counted.
    self.acceptor.apply(faulty(self));
    self.connect(1);
    co_await self.have(3);
    CHECK(self.taken[2].faulty == faults::Identity{7, 1, 1});
    self.stop();
  });
}

TEST_CASE("a socket that cannot listen again keeps no other one deaf", "[faults]") {
  Accepting::Sockets sockets = tests::bound("127.0.0.1:0", 100);
  sockets.push_back(std::move(tests::bound("127.0.0.2:0", 100).front()));
  Accepting accepting(1000, config::AtLimit::wait, std::move(sockets));
  accepting.run([](Accepting& self) -> streams::Task<void> {
    const auto& ours = self.acceptor.sockets();
    self.acceptor.apply(faulty(self, std::nullopt, "refuse 50ms for first 1 of each source"));
    self.connect(1);
    co_await self.have(1);
    CHECK(ours.back().is_shut());
    std::optional<streams::UniqueFd> other = listening_in_place_of(ours.back());
    co_await tests::until(self.loop, [&ours] { return !ours.front().is_shut(); });
    self.connect(1);
    co_await self.have(2);
    CHECK(ours.back().is_shut());
    other.reset();
    co_await tests::until(self.loop, [&ours] { return !ours.back().is_shut(); });
    self.stop();
  });
}
