#include "server/process/signals.hpp"

#include <cerrno>
#include <pthread.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>

namespace server::process {
namespace {

bool is_ignored(int number) noexcept {
  struct sigaction action {};
  return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Signals::Signals(std::initializer_list<int> numbers) noexcept {
  ::sigemptyset(&set_);
  ::sigemptyset(&put_back_);
  for (const int number : numbers) {
    const bool ignored = is_ignored(number);
    // What is blocked is kept even where it is ignored, so it is not to be blocked.
    if (ignored && number != SIGTERM) continue;
    if (ignored) std::signal(number, SIG_DFL);
    ::sigaddset(&set_, number);
  }
  // It fails for a wrong first argument, and for nothing else.
  ::pthread_sigmask(SIG_BLOCK, &set_, &before_);
}

void Signals::open() {
  fd_ = streams::UniqueFd(::signalfd(-1, &set_, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd_) throw std::system_error(errno, std::system_category(), "signalfd");
}

void Signals::release() noexcept { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

int Signals::take() noexcept {
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
    if (::sigismember(&put_back_, number) != 1) continue;
    ::sigdelset(&put_back_, number);
    return number;
  }
  signalfd_siginfo info{};
  const bool taken = ::read(fd_.get(), &info, sizeof info) == sizeof info;
  return taken ? static_cast<int>(info.ssi_signo) : 0;
}

Signals::Watch::Watch(Signals& signals, streams::EventLoop& loop)
    : signals_(signals), readable_(loop, signals.fd_.get()) {}

streams::Task<int> Signals::Watch::next() {
  for (;;) {
    if (const int number = signals_.take(); number != 0) co_return number;
    const bool readable = co_await readable_.readable();
    if (!readable) co_return 0;
  }
}

}  // namespace server::process
