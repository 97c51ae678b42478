#include "server/process/signals.hpp"

#include <cerrno>
#include <csignal>
#include <pthread.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>

#include <asio/posix/stream_descriptor.hpp>

#include "streams/await_asio.hpp"

namespace server::process {

Signals::Signals(std::initializer_list<int> numbers) {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : numbers) sigaddset(&set, number);
  if (const int error = ::pthread_sigmask(SIG_BLOCK, &set, nullptr); error != 0) {
    throw std::system_error(error, std::system_category(), "pthread_sigmask");
  }
  fd_ = streams::UniqueFd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd_) throw std::system_error(errno, std::system_category(), "signalfd");
}

streams::Task<int> Signals::wait(streams::EventLoop& loop) {
  asio::posix::stream_descriptor descriptor(loop.context(), ::dup(fd_.get()));
  for (;;) {
    signalfd_siginfo info{};
    if (::read(fd_.get(), &info, sizeof info) == sizeof info) {
      co_return static_cast<int>(info.ssi_signo);
    }
    if (co_await descriptor.async_wait(asio::posix::descriptor_base::wait_read,
                                       streams::use_task)) {
      co_return 0;
    }
  }
}

}  // namespace server::process
