#include "client/doctor/socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <utility>

#include "streams/accepted_socket.hpp"
#include "streams/await_asio.hpp"
#include "streams/error.hpp"
#include "streams/listen.hpp"
#include "streams/sleep.hpp"
#include "streams/timeout.hpp"

namespace client::doctor {
namespace {

constexpr std::size_t piece_size = std::size_t{64} << 10U;
constexpr std::size_t turn_size = 4 * piece_size;

}  // namespace

Socket::Socket(streams::EventLoop& loop, streams::UniqueFd fd, std::string who, Account& account)
    : loop_(loop),
      descriptor_(loop.context()),
      own_(streams::Endpoint::of_socket(fd.get())),
      peer_(streams::Endpoint::of_peer(fd.get())),
      who_(std::move(who)),
      account_(account) {
  streams::keep_urgent_data(fd.get());
  descriptor_.assign(fd.get());
  static_cast<void>(fd.release());
}

Socket::~Socket() = default;

std::size_t Socket::send_now(std::string_view octets, int flags) {
  std::size_t taken = 0;
  while (is_open() && taken < octets.size()) {
    const std::string_view left = octets.substr(taken);
    const ssize_t size = ::send(descriptor_.native_handle(), left.data(), left.size(),
                                MSG_NOSIGNAL | MSG_DONTWAIT | flags);
    if (size >= 0) {
      taken += static_cast<std::size_t>(size);
    } else if (errno != EINTR) {
      const int error = errno;
      if (error != EAGAIN) {
        const bool is_reset = error == ECONNRESET || error == EPIPE;
        end_as(is_reset ? Ended::reset : Ended::failed, error);
      }
      break;
    }
  }
  if (taken != 0) account_.moved(who_, "sent", octets.substr(0, taken));
  sent_ += taken;
  return taken;
}

bool Socket::send_urgent(char octet) {
  if (!is_open()) return false;
  const int flags = MSG_OOB | MSG_NOSIGNAL | MSG_DONTWAIT;
  const bool taken = ::send(descriptor_.native_handle(), &octet, 1, flags) == 1;
  account_.note(who_, taken ? "sent one urgent octet" : "could not send an urgent octet");
  return taken;
}

void Socket::send_last(std::string_view octets) {
  // What waits for more goes together with the FIN.
  static_cast<void>(send_now(octets, MSG_MORE));
  send_fin();
}

void Socket::send_fin() {
  if (!is_open()) return;
  account_.note(who_, "sent FIN");
  ::shutdown(descriptor_.native_handle(), SHUT_WR);
}

void Socket::send_reset() {
  if (!is_open()) return;
  account_.note(who_, "sent RST");
  streams::reset_at_close(descriptor_.native_handle());
  std::error_code ignored;
  descriptor_.close(ignored);
}

void Socket::close() {
  if (!is_open()) return;
  account_.note(who_, "closed");
  std::error_code ignored;
  descriptor_.close(ignored);
}

void Socket::begin_anew() {
  received_ = 0;
  text_.clear();
}

bool Socket::at_mark() {
  int mark = 0;
  return is_open() && ::ioctl(descriptor_.native_handle(), SIOCATMARK, &mark) == 0 && mark != 0;
}

streams::Task<std::error_code> Socket::wait(Wait what) {
  co_return co_await descriptor_.async_wait(what, streams::use_task);
}

streams::Task<bool> Socket::ready(Wait what, Duration patience) {
  if (!is_open()) co_return false;
  const auto timed = co_await streams::with_timeout(loop_, patience, wait(what));
  co_return !timed.ec && !timed.value;
}

streams::Task<bool> Socket::send(std::string octets, Duration patience) {
  std::string_view left = octets;
  for (;;) {
    left.remove_prefix(send_now(left));
    if (left.empty()) co_return true;
    if (ended_ == Ended::reset || ended_ == Ended::failed) co_return false;
    const bool more = co_await ready(Wait::wait_write, patience);
    if (!more) co_return false;
  }
}

streams::Task<bool> Socket::send_pattern(unsigned seed, std::uint64_t count, Duration patience) {
  const std::uint64_t taken = co_await send_while_taken(seed, count, patience);
  co_return taken == count;
}

streams::Task<std::uint64_t> Socket::send_while_taken(unsigned seed, std::uint64_t most,
                                                      Duration patience) {
  std::uint64_t taken = 0;
  while (taken < most) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(piece_size, most - taken));
    const std::string piece = pattern(seed, taken, size);
    const std::size_t now = send_now(piece);
    taken += now;
    if (now == size) {
      const std::error_code ec = co_await give_way(now);
      if (ec) break;
      continue;
    }
    if (ended_ == Ended::reset || ended_ == Ended::failed) break;
    const bool more = co_await ready(Wait::wait_write, patience);
    if (!more) break;
  }
  co_return taken;
}

streams::Task<bool> Socket::receive(std::uint64_t total, Duration patience) {
  for (;;) {
    while (received_ < total) {
      const std::size_t now = receive_now(total - received_);
      if (now == 0) break;
      const std::error_code ec = co_await give_way(now);
      if (ec) co_return false;
    }
    if (received_ >= total) co_return true;
    if (ended_ != Ended::open) co_return false;
    const bool more = co_await ready(Wait::wait_read, patience);
    if (!more) co_return false;
  }
}

streams::Task<Ended> Socket::end(Duration patience) {
  co_await receive(std::numeric_limits<std::uint64_t>::max(), patience);
  co_return ended_;
}

streams::Task<Ended> Socket::watch(Duration time) {
  const auto deadline = Account::Clock::now() + time;
  for (;;) {
    while (receive_now(piece_size) != 0 && Account::Clock::now() < deadline) continue;
    if (ended_ != Ended::open) co_return ended_;
    const Duration left = deadline - Account::Clock::now();
    const bool more = co_await ready(Wait::wait_read, left);
    if (!more) co_return ended_;
  }
}

// A peer that is fast must not keep the other end from its turn.
streams::Task<std::error_code> Socket::give_way(std::size_t moved) {
  turn_octets_ += moved;
  if (turn_octets_ < turn_size) co_return streams::no_error();
  turn_octets_ = 0;
  co_return co_await streams::sleep_for(loop_, Duration{0});
}

// Octets that came.
std::size_t Socket::receive_now(std::uint64_t most) {
  if (!is_open()) return 0;
  std::array<char, piece_size> room;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), most));
  ssize_t got = 0;
  do {
    got = ::recv(descriptor_.native_handle(), room.data(), size, MSG_DONTWAIT);
  } while (got < 0 && errno == EINTR);
  if (got > 0) {
    const std::string_view octets(room.data(), static_cast<std::size_t>(got));
    account_.moved(who_, "received", octets);
    received_ += octets.size();
    text_ += octets.substr(0, most_kept - std::min(text_.size(), most_kept));
    check_.take(octets);
    return octets.size();
  }
  if (got == 0) {
    end_as(Ended::fin);
  } else if (errno != EAGAIN) {
    end_as(errno == ECONNRESET || errno == EPIPE ? Ended::reset : Ended::failed, errno);
  }
  return 0;
}

void Socket::end_as(Ended how, int error) {
  // Once it was reset, the kernel says the end of the stream of it. A FIN may be followed by RST.
  if (ended_ != Ended::open && (ended_ != Ended::fin || how == Ended::fin)) return;
  ended_ = how;
  error_ = error;
  account_.note(who_, "saw " + how_it_ended());
}

std::string Socket::how_it_ended() const {
  switch (ended_) {
    case Ended::open: return "nothing";
    case Ended::fin: return "FIN";
    case Ended::reset: return "RST";
    case Ended::failed: break;
  }
  return std::error_code(error_, std::system_category()).message();
}

}  // namespace client::doctor
