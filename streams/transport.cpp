#include "streams/transport.hpp"

#include <cerrno>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <utility>

#include "streams/accepted_socket.hpp"

namespace streams {
namespace {

bool is_local(int fd, sa_family_t family = AF_UNSPEC) noexcept {
  if (family != AF_UNSPEC) return family == AF_UNIX;
  int domain = 0;
  socklen_t size = sizeof domain;
  return ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX;
}

}  // namespace

Transport::Transport(EventLoop& loop, UniqueFd fd, sa_family_t family, Traffic* traffic)
    : loop_(loop),
      traffic_(traffic != nullptr ? *traffic : loop.traffic()),
      fd_(std::move(fd)),
      read_to_the_end_(is_local(fd_.get(), family)),
      is_unix_(family == AF_UNIX) {
  try {
    loop_.readiness().add(fd_.get(), *this);
  } catch (...) {
    // Nobody will serve it. A FIN would look like the end of something whole.
    reset_at_close(fd_.get());
    throw;
  }
}

Transport::Transport(EventLoop& loop, UniqueFd fd, Traffic* traffic, const Moved& so_far)
    : loop_(loop),
      traffic_(traffic != nullptr ? *traffic : loop.traffic()),
      bytes_received_(so_far.received),
      bytes_sent_(so_far.sent),
      fd_(std::move(fd)),
      reader_{.ready = false},
      writer_{.ready = false},
      read_to_the_end_(is_local(fd_.get())),
      is_unix_(read_to_the_end_) {
  loop_.readiness().add(fd_.get(), *this);
}

Transport::~Transport() {
  close();
  const int queued = (reader_.turn == Turn::queued) + (writer_.turn == Turn::queued) +
                     reader_.pausing + writer_.pausing;
  if (queued != 0) loop_.turns().forget(this, queued);
}

void Transport::fail(int error) noexcept {
  writing_half_->fail(error);
  reading_half_->fail(error);
}

void Transport::shutdown_send() noexcept {
  is_open() ? static_cast<void>(::shutdown(fd_.get(), SHUT_WR)) : shutdown_unusual();
}

void Transport::close() noexcept {
  if (!is_open()) return;
  on_close();
  loop_.readiness().remove(*this);
  fd_.reset();
}

UniqueFd Transport::release() noexcept {
  if (!is_open()) return {};
  loop_.readiness().remove(*this, fd_.get());
  UniqueFd fd = std::move(fd_);
  reader_.ready = writer_.ready = true;
  fail(ECONNABORTED);
  return fd;
}

void Transport::abort() noexcept {
  if (!is_open()) return;
  reset_at_close(fd_.get());
  close();
  reader_.ready = writer_.ready = true;
  yield_reader();
  yield_writer();
}

bool Transport::resets_at_close() const noexcept {
  linger how{};
  socklen_t size = sizeof how;
  return ::getsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &how, &size) == 0 && how.l_onoff != 0;
}

std::size_t Transport::unread() const noexcept {
  int bytes = 0;
  return ::ioctl(fd_.get(), FIONREAD, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

bool Transport::peer_is_through() const noexcept {
  pollfd socket{fd_.get(), POLLRDHUP, 0};
  return !is_open() || ::poll(&socket, 1, 0) > 0;
}

std::size_t Transport::unacknowledged() const noexcept {
  int bytes = 0;
  return ::ioctl(fd_.get(), SIOCOUTQ, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

IoResult Transport::send_urgent(char byte) noexcept {
  const IoResult result(send_to(fd_.get(), &byte, 1, MSG_NOSIGNAL | MSG_OOB));
  if (result.size() < 0) return failed(writer_, result);
  ++bytes_sent_;
  traffic_.sent.add(1);
  return result;
}

IoResult Transport::receive_unusual(std::span<char>, IoResult failure) noexcept {
  return failed(reader_, failure);
}

IoResult Transport::send_unusual(std::string_view, IoResult failure) noexcept {
  return failed(writer_, failure);
}

IoResult Transport::received(std::size_t bytes) noexcept {
  turn_bytes_ += static_cast<std::uint32_t>(bytes);
  bytes_received_ += bytes;
  return IoResult(static_cast<ssize_t>(bytes));
}

IoResult Transport::nothing_yet() noexcept {
  reader_.ready = false;
  return IoResult::failed(EAGAIN);
}

IoResult Transport::nothing_in_this_turn() noexcept {
  turn_bytes_ = bytes_per_turn;
  return IoResult::failed(EAGAIN);
}

IoResult Transport::nothing_taken() noexcept {
  writer_.ready = false;
  return IoResult::failed(EAGAIN);
}

IoResult Transport::nothing_for_lack_of_memory() noexcept {
  pause(reader_);
  return IoResult::failed(EAGAIN);
}

IoResult Transport::failed(HalfState& half, IoResult result) noexcept {
  if (!is_open()) return IoResult::failed(ECONNABORTED);
  switch (result.error()) {
    case EAGAIN: half.ready = false; break;
    case EINTR: break;
    case ENOBUFS:
    case ENOMEM: pause(half); break;
    default: return result;
  }
  return IoResult::failed(EAGAIN);
}

void Transport::yield(HalfState& half) noexcept {
  const bool reading = &half == &reader_;
  const Half* const stream = reading ? reading_half_ : writing_half_;
  if (stream == nullptr || std::exchange(half.turn, Turn::queued) == Turn::queued) return;
  loop_.turns().call_soon(reading ? take_turn<&Transport::reader_> : take_turn<&Transport::writer_>,
                          this);
}

void Transport::pause(HalfState& half) noexcept {
  half.ready = false;
  if (std::exchange(half.pausing, true)) return;
  loop_.turns().call_after_pause(
      &half == &reader_ ? end_pause<&Transport::reader_> : end_pause<&Transport::writer_>, this);
}

template <Transport::HalfState Transport::*half>
void Transport::take_turn(void* self) noexcept {
  auto* const transport = static_cast<Transport*>(self);
  transport->turn_bytes_ = 0;
  (transport->*half).turn = Turn::none;
  const bool reading = &(transport->*half) == &transport->reader_;
  (reading ? transport->reading_half_ : transport->writing_half_)->ready();
}

template <Transport::HalfState Transport::*half>
void Transport::end_pause(void* self) noexcept {
  auto* const transport = static_cast<Transport*>(self);
  (transport->*half).pausing = false;
  (transport->*half).ready = true;
  transport->yield(transport->*half);
}

void Transport::on_ready(std::uint32_t events) noexcept {
  constexpr std::uint32_t over = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  turn_bytes_ = 0;
  if ((events & (over | EPOLLPRI)) != 0) read_to_the_end_ = true;
  if (!writer_.ready && (events & (over | EPOLLOUT)) != 0) [[unlikely]] {
    if (!writer_is_ready()) return;
  }
  if ((events & (over | EPOLLPRI | EPOLLIN)) == 0) return;
  reader_.ready = true;
  if (reader_.turn == Turn::none) {
    reading_half_->ready();
  } else if (reader_.turn == Turn::first) {
    reader_is_ready_first(events);
  }
}

// What comes with the peer's end may be nothing.
void Transport::reader_is_ready_first(std::uint32_t events) noexcept {
  reader_.turn = Turn::none;
  const bool brings_end = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if ((events & EPOLLIN) != 0 && (!brings_end || unread() != 0)) on_first_byte();
  reading_half_->ready();
}

// False when the writer's task has ended and taken us along: nothing of ours may be looked at.
bool Transport::writer_is_ready() noexcept {
  const ReadinessSet& set = loop_.readiness();
  writer_.ready = true;
  if (writer_.turn == Turn::none) writing_half_->ready();
  return set.is_current(*this);
}

}  // namespace streams
