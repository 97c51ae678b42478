#include "streams/transport.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <utility>

namespace streams {
Transport::Transport(EventLoop& loop, UniqueFd fd) : loop_(loop), fd_(std::move(fd)) {
  loop_.readiness().add(fd_.get(), *this);
}

Transport::~Transport() {
  close();
  if (reader_.queued || writer_.queued || reader_.pausing || writer_.pausing) {
    loop_.turns().forget(this);
  }
}

void Transport::shutdown_send() noexcept {
  if (is_open()) ::shutdown(fd_.get(), SHUT_WR);
}

void Transport::close() noexcept {
  if (!is_open()) return;
  loop_.readiness().remove(*this);
  fd_.reset();
}

void Transport::abort() noexcept {
  if (!is_open()) return;
  const linger reset{1, 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close();
  reader_.ready = writer_.ready = true;
  yield_reader();
  yield_writer();
}

std::size_t Transport::unread() const noexcept {
  int bytes = 0;
  return ::ioctl(fd_.get(), FIONREAD, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

void Transport::yield(Half& half) noexcept {
  if (half.waiter == nullptr || std::exchange(half.queued, true)) return;
  loop_.turns().call_soon(
      &half == &reader_ ? take_turn<&Transport::reader_> : take_turn<&Transport::writer_>, this);
}

void Transport::pause(Half& half) noexcept {
  half.ready = false;
  if (std::exchange(half.pausing, true)) return;
  loop_.turns().call_after_pause(
      &half == &reader_ ? end_pause<&Transport::reader_> : end_pause<&Transport::writer_>, this);
}

template <Transport::Half Transport::*half>
void Transport::take_turn(void* self) noexcept {
  auto* const transport = static_cast<Transport*>(self);
  transport->turn_bytes_ = 0;
  (transport->*half).queued = false;
  (transport->*half).waiter->ready();
}

template <Transport::Half Transport::*half>
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
  if ((events & (over | EPOLLOUT)) != 0 && !writer_.ready) {
    writer_.ready = true;
    const ReadinessSet& set = loop_.readiness();
    if (!writer_.queued) writer_.waiter->ready();
    // The writer's task may have ended and taken us along: nothing of ours may be looked at.
    if (!set.is_current(*this)) return;
  }
  if ((events & (over | EPOLLPRI | EPOLLIN)) != 0) {
    reader_.ready = true;
    if (!reader_.queued) reader_.waiter->ready();
  }
}

}  // namespace streams
