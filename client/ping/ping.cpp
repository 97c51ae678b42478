#include "client/ping/ping.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <utility>
#include <vector>

#include <asio/signal_set.hpp>

#include "client/interrupt.hpp"
#include "streams/await_asio.hpp"
#include "streams/gather.hpp"

namespace client::ping {

Ping::Ping(streams::EventLoop& loop, Options options, Reporter& reporter)
    : loop_(loop), options_(std::move(options)), reporter_(reporter), tasks_(loop) {
  for (const Target& target : options_.targets) {
    pingers_.emplace_back(loop, options_, target, reporter_);
  }
  reporter_.on_error([this] { tasks_.cancel(); });
}

streams::Task<bool> Ping::run() {
  tasks_.spawn(watch_interrupts());
  tasks_.spawn(watch_quit());
  tasks_.spawn(ping_all());
  co_await tasks_.join();
  std::vector<Result> results;
  results.reserve(pingers_.size());
  for (const Pinger& pinger : pingers_) results.push_back({pinger.name(), &pinger.statistics()});
  reporter_.summary(results);
  if (const std::error_code ec = reporter_.error()) {
    std::fprintf(stderr, "echoline: cannot write the output: %s\n", ec.message().c_str());
    co_return false;
  }
  print_hints();
  co_return std::all_of(results.begin(), results.end(), [](const Result& result) {
    return result.statistics->answered() != 0 && result.statistics->lost() == 0;
  });
}

streams::Task<void> Ping::ping_all() {
  std::vector<streams::Task<void>> all;
  all.reserve(pingers_.size());
  for (Pinger& pinger : pingers_) all.push_back(pinger.run());
  // What goes wrong with one target does not end the others; it is told once they have ended.
  auto gathering = streams::gather_results(loop_, std::move(all));
  std::vector<streams::Result<void>> ends = co_await std::move(gathering);
  tasks_.cancel();
  for (streams::Result<void>& end : ends) end.value();
}

streams::Task<void> Ping::watch_interrupts() {
  const std::error_code ec = co_await interrupted(loop_);
  if (!ec) tasks_.cancel();
}

streams::Task<void> Ping::watch_quit() {
  asio::signal_set signals(loop_.context(), SIGQUIT);
  for (;;) {
    const auto [ec, number] = co_await signals.async_wait(streams::use_task);
    if (ec) co_return;
    print_interim();
  }
}

void Ping::print_interim() const {
  for (const Pinger& pinger : pingers_) {
    const Statistics& all = pinger.statistics();
    std::fprintf(stderr, "%s: %s%s%s\n", pinger.name().c_str(), all.counts().c_str(),
                 all.answered() != 0 ? ", " : "", all.summary().c_str());
  }
}

void Ping::print_hints() const {
  for (const Pinger& pinger : pingers_) {
    if (!pinger.is_met_with_silence()) continue;
    std::fprintf(stderr,
                 "echoline: %s takes connections and answers nothing; does it speak another "
                 "protocol? (--protocol echo, line, or connect to measure only the handshake)\n",
                 pinger.name().c_str());
  }
}

}  // namespace client::ping
