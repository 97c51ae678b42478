#include "client/doctor/origin.hpp"

#include <cerrno>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

#include "streams/accepted_socket.hpp"
#include "streams/await_asio.hpp"
#include "streams/listen.hpp"
#include "streams/timeout.hpp"

namespace client::doctor {
namespace {

constexpr int backlog = 1024;

void check(int result, const char* call) {
  if (result < 0) throw std::system_error(errno, std::system_category(), call);
}

}  // namespace

Origin::Origin(streams::EventLoop& loop, std::vector<streams::Endpoint> endpoints)
    : loop_(loop), endpoints_(std::move(endpoints)), any_(loop.context()) {
  open();
}

void Origin::open() {
  streams::Listening listening = streams::listen_tcp(endpoints_, backlog, false);
  streams::UniqueFd any(::epoll_create1(EPOLL_CLOEXEC));
  check(any.get(), "epoll_create1");
  for (const streams::UniqueFd& socket : listening.sockets) {
    epoll_event event{};
    event.events = EPOLLIN;
    check(::epoll_ctl(any.get(), EPOLL_CTL_ADD, socket.get(), &event), "epoll_ctl");
  }
  any_.assign(any.get());
  static_cast<void>(any.release());
  sockets_ = std::move(listening.sockets);
  reached_at_ = streams::Endpoint::of_socket(sockets_.front().get());
}

// Linux takes a second listen(2) as a new backlog.
void Origin::narrow(int few) noexcept {
  is_narrow_ = true;
  for (const streams::UniqueFd& socket : sockets_) ::listen(socket.get(), few);
}

void Origin::reopen() {
  if (sockets_.empty()) open();
  if (std::exchange(is_narrow_, false)) {
    for (const streams::UniqueFd& socket : sockets_) ::listen(socket.get(), backlog);
  }
}

void Origin::close() noexcept {
  std::error_code ignored;
  any_.close(ignored);
  sockets_.clear();
}

streams::UniqueFd Origin::accept_now() {
  for (const streams::UniqueFd& socket : sockets_) {
    const int fd = ::accept4(socket.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      const bool is_short =
          errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS;
      if (is_short) check(fd, "this machine accepts no connection");
      continue;
    }
    --owed_;
    return streams::UniqueFd(fd);
  }
  return {};
}

void Origin::drop_waiting() {
  while (const streams::UniqueFd waiting = accept_now()) streams::reset_at_close(waiting.get());
}

streams::Task<std::error_code> Origin::come() {
  co_return co_await any_.async_wait(asio::posix::descriptor_base::wait_read, streams::use_task);
}

streams::Task<streams::UniqueFd> Origin::accept(std::chrono::nanoseconds patience) {
  const auto deadline = streams::EventLoop::Clock::now() + patience;
  for (;;) {
    streams::UniqueFd next = accept_now();
    if (next || !any_.is_open()) co_return std::move(next);
    const auto left = deadline - streams::EventLoop::Clock::now();
    const auto timed = co_await streams::with_timeout(loop_, left, come());
    if (timed.ec) co_return streams::UniqueFd();
    if (timed.value) throw std::system_error(timed.value, "nobody is accepted any more");
  }
}

}  // namespace client::doctor
