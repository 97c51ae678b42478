#include "client/doctor/bench.hpp"

#include <sys/socket.h>
#include <system_error>
#include <utility>

#include <asio/posix/stream_descriptor.hpp>

#include "streams/await_asio.hpp"
#include "streams/connect.hpp"
#include "streams/proxy_header/encode.hpp"
#include "streams/proxy_header/parser.hpp"
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

/// Of this machine, and not of whom it connects to.
bool is_own_shortage(const std::error_code& ec) {
  using std::errc;
  return ec == errc::too_many_files_open || ec == errc::too_many_files_open_in_system ||
         ec == errc::not_enough_memory || ec == errc::no_buffer_space ||
         ec == errc::address_not_available;
}

/// The header that `far` begins with is taken from what it has received.
streams::Task<void> take_header(Socket& far) {
  proxy_header::Parser parser;
  while (parser.state() == proxy_header::Parser::State::incomplete) {
    const std::uint64_t before = far.received();
    const bool came = co_await far.receive(before + parser.wanted(), deadlock);
    parser.take(std::string_view(far.text()).substr(before));
    if (came) continue;
    if (far.ended() != Ended::open) co_return;
    throw NoConnection("no PROXY header came to the origin");
  }
  if (parser.state() == proxy_header::Parser::State::malformed) {
    throw NoConnection("what came to the origin begins with no right PROXY header: " +
                       make_error_code(parser.fault()).message());
  }
  far.introduced = parser.header();
  far.begin_anew();
}

}  // namespace

streams::Task<std::unique_ptr<Socket>> Bench::connect_to(streams::Endpoint target,
                                                         std::optional<streams::Endpoint> source) {
  const std::string who = name("near", ++nears_);
  account_.note(who, "connects");
  streams::ConnectOptions options;
  options.source = source;
  streams::Connecting connecting = streams::begin_connect(target, options);
  std::error_code ec = connecting.ec;
  if (ec == std::errc::operation_in_progress) {
    const auto timed =
        co_await streams::with_timeout(loop_, deadlock, connected(loop_, connecting.fd.get()));
    ec = timed.ec ? timed.ec : timed.value;
  }
  if (ec) {
    account_.note(who, "not connected: " + ec.message());
    if (is_own_shortage(ec)) throw std::system_error(ec, "this machine makes no connection");
    throw NoConnection("no connection: " + ec.message());
  }
  if (origin_ != nullptr) origin_->owe();
  co_return std::make_unique<Socket>(loop_, std::move(connecting.fd), who, account_);
}

// Who comes past the proxy has to do what it does.
void Bench::introduce(Socket& near, bool is_direct) {
  std::optional<Proxy> proxy;
  if (!is_direct) proxy = options_.proxy;
  if (is_direct && options_.expects_proxy) proxy.emplace();
  if (!proxy) return;
  near.send_now(proxy_header::encode(proxy->version, header_of(*proxy, near.own(), near.peer())));
}

streams::Task<std::unique_ptr<Socket>> Bench::connect_bare() {
  co_return co_await connect_to(target_);
}

streams::Task<std::unique_ptr<Socket>> Bench::connect() {
  co_return co_await connect_from(std::nullopt);
}

streams::Task<std::unique_ptr<Socket>> Bench::connect_from(
    std::optional<streams::Endpoint> source) {
  auto near = co_await connect_to(target_, source);
  introduce(*near, is_direct());
  co_return std::move(near);
}

streams::Task<std::unique_ptr<Socket>> Bench::accept(std::chrono::nanoseconds patience) {
  auto far = co_await accept_bare(patience);
  if (far != nullptr && options_.expects_proxy) co_await take_header(*far);
  co_return std::move(far);
}

streams::Task<std::unique_ptr<Socket>> Bench::accept_bare(std::chrono::nanoseconds patience) {
  streams::UniqueFd fd = co_await origin_->accept(patience);
  if (!fd) co_return nullptr;
  const std::string who = name("far", ++fars_);
  account_.note(who, "accepted");
  co_return std::make_unique<Socket>(loop_, std::move(fd), who, account_);
}

streams::Task<Bench::Settled> Bench::settle() {
  const std::string greeting = "doctor is here\n";
  const auto near = co_await connect();
  near->send_now(greeting);
  Settled settled;
  std::optional<std::string>& ahead = settled.ahead;
  while (!ahead || origin_->owed() > 0) {
    const auto far =
        co_await accept_bare(ahead ? std::chrono::milliseconds{200} : std::chrono::seconds{1});
    if (far == nullptr) break;
    if (ahead) continue;
    for (bool more = true; more && !far->text().ends_with(greeting);) {
      more = co_await far->receive(far->received() + 1, std::chrono::seconds{1});
    }
    if (!far->text().ends_with(greeting)) {
      settled.instead = far->text();
      continue;
    }
    ahead = far->text().substr(0, far->text().size() - greeting.size());
  }
  origin_->forgive();
  co_return std::move(settled);
}

streams::Task<Pair> Bench::pair_by(streams::Endpoint target, bool direct) {
  // One that waits is left over from an earlier try, or a proxy's own probe.
  clear();
  Pair pair;
  pair.near = co_await connect_to(target);
  introduce(*pair.near, direct);
  pair.far = co_await accept(deadlock);
  if (pair.far == nullptr) throw NoConnection("no connection came to the origin");
  co_return std::move(pair);
}

streams::Task<Pair> Bench::pair() { co_return co_await pair_by(target_, is_direct_); }

streams::Task<Pair> Bench::another_pair() {
  try {
    co_return co_await pair_by(target_, is_direct_);
  } catch (const NoConnection& none) {
    throw Broken(std::string("a further connection does not come to be: ") + none.what());
  }
}

streams::Task<Pair> Bench::direct_pair() { co_return co_await pair_by(origin_->endpoint(), true); }

}  // namespace client::doctor
