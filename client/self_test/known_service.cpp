#include "client/self_test/known_service.hpp"

#include <string>
#include <sys/socket.h>
#include <utility>

#include "streams/await_asio.hpp"
#include "streams/connection.hpp"
#include "streams/sleep.hpp"

namespace client::self_test {

KnownService::KnownService(Delays delays)
    : delays_(delays),
      acceptor_(loop_.context(), {asio::ip::address_v4::loopback(), 0}),
      port_(acceptor_.local_endpoint().port()),
      stopping_(loop_),
      group_(loop_),
      thread_(&KnownService::run_thread, this) {}

KnownService::~KnownService() {
  if (!thread_.joinable()) return;
  loop_.call_soon_threadsafe([this] { stopping_.set(); });
  thread_.join();
}

void KnownService::stop() {
  loop_.call_soon_threadsafe([this] { stopping_.set(); });
  thread_.join();
  if (failure_) std::rethrow_exception(failure_);
}

void KnownService::run_thread() noexcept {
  try {
    loop_.run(live());
  } catch (...) {
    failure_ = std::current_exception();
  }
}

streams::Task<void> KnownService::live() {
  group_.spawn(accept());
  co_await stopping_.wait();
  group_.cancel();
  co_await group_.join();
}

streams::Task<void> KnownService::accept() {
  for (;;) {
    const auto ec = co_await acceptor_.async_wait(asio::socket_base::wait_read, streams::use_task);
    if (ec) co_return;
    const int fd =
        ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) group_.spawn(serve(streams::UniqueFd(fd)));
  }
}

streams::Task<void> KnownService::serve(streams::UniqueFd fd) {
  streams::Connection connection(loop_, std::move(fd), streams::Endpoint{});
  for (;;) {
    const streams::Chunk chunk = co_await connection.reader().readexactly(request_size);
    if (!chunk) co_return;
    const Clock::time_point came = Clock::now();
    if (!first_) first_ = came;
    const Duration delay = delays_.of(requests_++, came - *first_);
    const std::string message(chunk.data);
    Clock::time_point leaves = came;
    if (delay > Duration::zero()) {
      const auto ec = co_await streams::sleep_until(loop_, came + delay);
      if (ec) co_return;
      leaves = Clock::now();
      overslept_.record(leaves - came - delay);
    }
    log_.record(leaves - came);
    connection.writer().write(message);
  }
}

}  // namespace client::self_test
