#include "client/doctor/expect.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string_view>

#include "client/doctor/bench.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/units.hpp"

namespace client::doctor {
namespace {

std::string seconds(std::chrono::seconds time) { return text::format_duration(time); }

/// What has come instead of what was waited for.
std::string instead(const Socket& socket) {
  if (socket.ended() != Ended::open) return socket.who() + " saw " + socket.how_it_ended();
  return socket.who() + " saw nothing more for " + seconds(deadlock);
}

[[noreturn]] void not_taken(const Socket& socket) {
  if (socket.ended() == Ended::reset || socket.ended() == Ended::failed) {
    throw Broken(socket.who() + " could not send on: " + socket.how_it_ended());
  }
  throw Broken("of what " + socket.who() + " sends nothing was taken for " + seconds(deadlock));
}

}  // namespace

std::string shown(std::string_view octets) {
  constexpr std::size_t most = 40;
  std::string out;
  out.append("\"").append(text::escaped(octets.substr(0, most)));
  return out + (octets.size() > most ? "\"..." : "\"");
}

streams::Task<void> send(Socket& socket, std::string octets) {
  const bool sent = co_await socket.send(std::move(octets), deadlock);
  if (!sent) not_taken(socket);
}

streams::Task<void> send_pattern(Socket& socket, unsigned seed, std::uint64_t count) {
  const bool sent = co_await socket.send_pattern(seed, count, deadlock);
  if (!sent) not_taken(socket);
}

streams::Task<void> expect(Socket& socket, std::string octets) {
  const std::uint64_t before = socket.received();
  if (before + octets.size() > Socket::most_kept) {
    throw std::logic_error("octets are compared that are not kept");
  }
  const bool all = co_await socket.receive(before + octets.size(), deadlock);
  if (!all) {
    throw Broken(socket.who() + " received " + std::to_string(socket.received() - before) + " of " +
                 std::to_string(octets.size()) + " octets, then " + instead(socket));
  }
  const std::string_view got =
      std::string_view(socket.text()).substr(std::min<std::size_t>(before, socket.text().size()));
  if (got == std::string_view(octets).substr(0, got.size())) co_return;
  const auto [mine, other] = std::mismatch(got.begin(), got.end(), octets.begin());
  const auto at = static_cast<std::size_t>(mine - got.begin());
  throw Broken(socket.who() + " received at octet " + std::to_string(before + at) + ' ' +
               shown(got.substr(at)) + " and not " + shown(std::string_view(octets).substr(at)));
}

streams::Task<void> expect_pattern(Socket& socket, unsigned seed, std::uint64_t count) {
  socket.check_pattern(seed);
  const bool all = co_await socket.receive(socket.received() + count, deadlock);
  const PatternCheck& check = socket.check();
  if (!check.is_right())
    throw Broken("of what " + socket.who() + " received, " + check.difference());
  if (!all) {
    throw Broken(socket.who() + " received " + std::to_string(check.taken()) + " of " +
                 std::to_string(count) + " octets, then " + instead(socket));
  }
}

streams::Task<void> expect_fin(Socket& socket) {
  const std::uint64_t before = socket.received();
  const Ended ended = co_await socket.end(withheld);
  const std::uint64_t more = socket.received() - before;
  if (more != 0) {
    throw Broken(socket.who() + " received " + std::to_string(more) + " octets that nobody sent: " +
                 shown(std::string_view(socket.text())
                           .substr(std::min<std::size_t>(before, socket.text().size()))));
  }
  if (ended == Ended::fin) co_return;
  if (ended == Ended::open) {
    throw Broken(socket.who() + " saw no FIN for " + seconds(withheld));
  }
  throw Broken(socket.who() + " saw " + socket.how_it_ended() + " in place of FIN");
}

streams::Task<void> expect_reset(Socket& socket) {
  const Ended ended = co_await socket.end(withheld);
  if (ended == Ended::reset) co_return;
  if (ended == Ended::open) throw Broken(socket.who() + " saw no RST for " + seconds(withheld));
  throw Broken(socket.who() + " saw " + socket.how_it_ended() + " in place of RST");
}

streams::Task<void> expect_end(Socket& socket) {
  const Ended ended = co_await socket.end(withheld);
  if (ended == Ended::open) {
    throw Broken(socket.who() + " saw neither FIN nor RST for " + seconds(withheld));
  }
}

streams::Task<void> expect_talk(const Pair& pair) {
  co_await send(*pair.near, "request\n");
  co_await expect(*pair.far, "request\n");
  co_await send(*pair.far, "answer\n");
  co_await expect(*pair.near, "answer\n");
}

streams::Task<void> expect_silence(Socket& socket, std::chrono::nanoseconds time) {
  const std::uint64_t before = socket.received();
  const Ended ended = co_await socket.watch(time);
  if (ended != Ended::open) {
    throw Broken(socket.who() + " saw " + socket.how_it_ended() + " when nobody had sent it");
  }
  if (socket.received() != before) throw Broken(socket.who() + " received what nobody had sent");
}

}  // namespace client::doctor
