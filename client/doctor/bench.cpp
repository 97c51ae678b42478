#include "client/doctor/bench.hpp"

#include <sys/socket.h>
#include <utility>

#include <asio/posix/stream_descriptor.hpp>

#include "streams/await_asio.hpp"
#include "streams/connect.hpp"
#include "streams/timeout.hpp"

namespace client::doctor {
namespace {

std::string name(const char* side, unsigned number) {
  return number == 1 ? side : side + (' ' + std::to_string(number));
}

/// Once a connect in progress has come to its end: its error.
streams::Task<std::error_code> connected(streams::EventLoop& loop, int fd) {
  asio::posix::stream_descriptor lent(loop.context(), fd);
  std::error_code ec =
      co_await lent.async_wait(asio::posix::descriptor_base::wait_write, streams::use_task);
  static_cast<void>(lent.release());
  int error = 0;
  socklen_t size = sizeof error;
  if (!ec && ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0) {
    ec = {error, std::system_category()};
  }
  co_return ec;
}

}  // namespace

streams::Task<std::unique_ptr<Socket>> Bench::connect_to(streams::Endpoint target) {
  const std::string who = name("near", ++nears_);
  account_.note(who, "connects");
  streams::Connecting connecting = streams::begin_connect(target, {});
  std::error_code ec = connecting.ec;
  if (ec == std::errc::operation_in_progress) {
    const auto timed =
        co_await streams::with_timeout(loop_, deadlock, connected(loop_, connecting.fd.get()));
    ec = timed.ec ? timed.ec : timed.value;
  }
  if (ec) {
    account_.note(who, "not connected: " + ec.message());
    throw Unable("no connection: " + ec.message());
  }
  if (origin_ != nullptr) origin_->owe();
  co_return std::make_unique<Socket>(loop_, std::move(connecting.fd), who, account_);
}

streams::Task<std::unique_ptr<Socket>> Bench::connect() { co_return co_await connect_to(target_); }

streams::Task<std::unique_ptr<Socket>> Bench::accept(std::chrono::nanoseconds patience) {
  streams::UniqueFd fd = co_await origin_->accept(patience);
  if (!fd) co_return nullptr;
  const std::string who = name("far", ++fars_);
  account_.note(who, "accepted");
  co_return std::make_unique<Socket>(loop_, std::move(fd), who, account_);
}

streams::Task<bool> Bench::settle() {
  const std::string name = "doctor is here\n";
  const auto near = co_await connect();
  near->send_now(name);
  bool met = false;
  while (!met || origin_->owed() > 0) {
    const auto far =
        co_await accept(met ? std::chrono::milliseconds{200} : std::chrono::seconds{1});
    if (far == nullptr) break;
    if (met) continue;
    const bool is_whole = co_await far->receive(name.size(), std::chrono::seconds{1});
    met = is_whole && far->text() == name;
  }
  origin_->forgive();
  co_return met;
}

streams::Task<Pair> Bench::pair_by(streams::Endpoint target) {
  // One that waits is left over from an earlier try, or a proxy's own probe.
  clear();
  Pair pair;
  pair.near = co_await connect_to(target);
  pair.far = co_await accept(deadlock);
  if (pair.far == nullptr) throw Unable("no connection came to the origin");
  co_return std::move(pair);
}

streams::Task<Pair> Bench::pair() { co_return co_await pair_by(target_); }

streams::Task<Pair> Bench::another_pair() {
  try {
    co_return co_await pair_by(target_);
  } catch (const Unable& unable) {
    throw Broken(std::string("a further connection does not come to be: ") + unable.what());
  }
}

streams::Task<Pair> Bench::direct_pair() { co_return co_await pair_by(origin_->endpoint()); }

}  // namespace client::doctor
