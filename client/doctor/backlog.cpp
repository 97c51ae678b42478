#include "client/doctor/backlog.hpp"

#include <memory>
#include <sys/socket.h>
#include <utility>
#include <vector>

#include "client/doctor/bench.hpp"
#include "client/doctor/expect.hpp"
#include "streams/connect.hpp"
#include "streams/gather.hpp"
#include "streams/sleep.hpp"
#include "streams/unique_fd.hpp"

namespace client::doctor {
namespace {

using streams::Task;
using namespace std::chrono_literals;

/// A connection past the proxy, which then waits to be accepted; none where it does not come to be.
Task<streams::UniqueFd> take_place(Bench& bench) {
  streams::Connecting connecting = streams::begin_connect(bench.origin().endpoint(), {});
  for (int i = 0; i < 20 && connecting.fd; ++i) {
    if (streams::Endpoint::of_peer(connecting.fd.get()).family() != AF_UNSPEC) {
      bench.origin().owe();
      co_return std::move(connecting.fd);
    }
    const std::error_code ec = co_await streams::sleep_for(bench.loop(), 5ms);
    if (ec) throw Unable(ec.message());
  }
  co_return streams::UniqueFd();
}

/// The origin's backlog has no room from now on, as long as what is returned lives.
Task<std::vector<streams::UniqueFd>> fill_backlog(Bench& bench) {
  bench.clear();
  bench.origin().narrow(0);
  constexpr std::size_t most = 10;
  std::vector<streams::UniqueFd> places;
  places.reserve(most);
  for (std::size_t i = 0; i < most; ++i) {
    streams::UniqueFd place = co_await take_place(bench);
    if (!place) co_return std::move(places);
    places.push_back(std::move(place));
  }
  throw Unable("this machine's backlog does not fill");
}

Task<std::unique_ptr<Socket>> make_room_and_accept(Bench& bench) {
  const std::error_code ec = co_await streams::sleep_for(bench.loop(), 300ms);
  if (ec) throw Unable(ec.message());
  bench.clear();
  bench.origin().reopen();
  auto far = co_await bench.accept();
  if (far == nullptr) throw Broken("for 5s after there was room no connection came");
  co_return std::move(far);
}

}  // namespace

Task<std::string> full_backlog(Bench& bench) {
  const auto places = co_await fill_backlog(bench);
  auto both = streams::gather(bench.loop(), bench.connect(), make_room_and_accept(bench));
  auto [near, far] = co_await std::move(both);
  Pair pair;
  pair.near = std::move(near);
  pair.far = std::move(far);
  co_await expect_talk(pair);
  co_return "";
}

Task<std::string> others_beside_full_backlog(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await expect_talk(pair);
  const auto places = co_await fill_backlog(bench);
  std::unique_ptr<Socket> waits;
  if (!bench.is_direct()) {
    waits = co_await bench.connect();
    static_cast<void>(waits->send_now("waits\n"));
  }
  co_await expect_silence(*pair.near, 100ms);
  const auto start = Account::Clock::now();
  co_await expect_talk(pair);
  if (Account::Clock::now() - start > 1s) throw Broken("it stood still for more than a second");
  co_return "";
}

Task<std::string> origin_stops_listening(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await expect_talk(pair);
  bench.origin().close();
  try {
    const auto refused = co_await bench.connect();
    co_await refused->end(200ms);
  } catch (const NoConnection&) {
    // Just as well.
  }
  co_await expect_talk(pair);
  pair.near->send_fin();
  co_await expect_fin(*pair.far);
  co_return "";
}

}  // namespace client::doctor
