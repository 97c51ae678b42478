#include "client/load/connector.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "client/load/random.hpp"
#include "streams/retry.hpp"
#include "streams/sleep.hpp"

namespace client::load {
namespace {

Duration interval_of(double rate) {
  return rate > 0 ? Duration{static_cast<Duration::rep>(1e9 / rate)} : Duration::zero();
}

}  // namespace

Connector::Connector(streams::EventLoop& loop, const Plan& plan,
                     const std::vector<ResolvedTarget>& targets, const Share& share, Tally& tally,
                     Progress& progress)
    : loop_(loop),
      plan_(plan),
      tally_(tally),
      progress_(progress),
      under_way_(loop, at_once),
      interval_(interval_of(share.part_of_rate(plan.connect_rate))) {
  ways_.reserve(targets.size());
  for (const ResolvedTarget& target : targets) ways_.push_back({target, share.thread});
  if (!plan.payload.greeting.empty()) greeter_.emplace(loop, plan, tally, progress);
}

streams::Task<Established> Connector::open(std::uint64_t number, streams::Permit permit) {
  Established established;
  streams::Opened opened = co_await connect(number);
  established.connection = std::move(opened.connection);
  if (!greeter_ || established.connection == nullptr) co_return established;
  // Who is greeted late does not keep others from connecting.
  permit = {};
  const std::optional<ErrorKind> failure =
      co_await greeter_->greet(*established.connection, number);
  if (failure) {
    established.failure = *failure;
    established.connection.reset();
  }
  co_return established;
}

streams::Task<streams::Opened> Connector::connect(std::uint64_t number) {
  if (interval_ > Duration::zero()) {
    const std::error_code slept = co_await streams::sleep_until(loop_, next_turn());
    if (slept) co_return streams::Opened{};
  }
  const std::size_t target = plan_.target_of(number);
  Way& way = ways_[target];
  const Time began = Clock::now();
  streams::Opened opened;
  streams::Connecting first = begin(target);
  if (!first.ec) {
    // On one machine it has connected already: without a time-out, and so without a timer.
    auto connected = attempt(target, std::move(first));
    opened = co_await std::move(connected);
  } else {
    ++way.retrying;
    auto connected = persist(target, number, std::move(first));
    opened = co_await std::move(connected);
    --way.retrying;
  }
  if (opened.connection != nullptr) {
    tally_.connect.record(Clock::now() - began);
    introduce(plan_.proxy, *opened.connection);
    way.failed_at = Time{};
    ++tally_.figures->connections_opened;
  } else if (opened.ec == std::errc::timed_out) {
    // The deadline of all attempts cut the last one short.
    fail_attempt(target, opened.ec, began);
  }
  co_return opened;
}

streams::Task<streams::Opened> Connector::persist(std::size_t target, std::uint64_t number,
                                                  streams::Connecting first) {
  streams::RetryPolicy policy;
  policy.attempts = std::numeric_limits<unsigned>::max();
  policy.first_delay = std::chrono::milliseconds{20};
  policy.cap = std::chrono::seconds{1};
  policy.deadline = plan_.connect_timeout;
  policy.seed = mix(plan_.seed ^ number);
  bool is_first = true;
  const auto once = [this, target, &first, &is_first] {
    return attempt(target, std::exchange(is_first, false) ? std::move(first) : begin(target));
  };
  auto trying = streams::retry(loop_, policy, once);
  co_return co_await std::move(trying);
}

streams::Task<streams::Opened> Connector::attempt(std::size_t target,
                                                  streams::Connecting connecting) {
  const Time began = Clock::now();
  streams::Opened opened;
  if (const auto* const peer = std::get_if<streams::Endpoint>(&ways_[target].to.address)) {
    auto connected = streams::finish_connect(loop_, std::move(connecting), *peer);
    opened = co_await std::move(connected);
  } else {
    const streams::Address path = std::get<streams::UnixPath>(ways_[target].to.address);
    auto connected = streams::open_connection(loop_, path);
    opened = co_await std::move(connected);
  }
  const bool failed =
      opened.ec && opened.ec != std::errc::operation_canceled && opened.ec != std::errc::timed_out;
  if (failed) fail_attempt(target, opened.ec, began);
  co_return std::move(opened);
}

void Connector::fail_attempt(std::size_t target, const std::error_code& ec, Time began) {
  Way& way = ways_[target];
  const Time now = Clock::now();
  tally_.connect_failed(target);
  // A machine without a port to spare says nothing about the service.
  if (ec == std::errc::address_not_available) {
    ++tally_.out_of_ports;
  } else {
    tally_.failing(way.failed_at == Time{} ? began : way.failed_at, now, target);
    way.failed_at = now;
  }
  // Of the closed loop each is a request that could not be made. In the open loop, and where each
  // request has a connection, the request goes on waiting.
  if (plan_.open_loop() || plan_.churn || !progress_.take()) {
    tally_.exemplify(ErrorKind::connect, ec.message());
    return;
  }
  tally_.offered(began);
  tally_.failed(ErrorKind::connect, began, Time{}, now, target, ec.message());
  progress_.end();
}

void Connector::note_outage(Time now) {
  for (std::size_t target = 0; target < ways_.size(); ++target) {
    const Way& way = ways_[target];
    if (way.retrying > 0 && way.failed_at != Time{}) tally_.failing(way.failed_at, now, target);
  }
}

streams::Connecting Connector::begin(std::size_t target) {
  Way& way = ways_[target];
  const auto* const peer = std::get_if<streams::Endpoint>(&way.to.address);
  if (peer == nullptr) return {};
  streams::ConnectOptions options;
  options.socket = plan_.socket;
  if (!way.to.sources.empty()) {
    options.source = way.to.sources[way.turn++ % way.to.sources.size()];
  }
  return streams::begin_connect(*peer, options);
}

Time Connector::next_turn() noexcept {
  next_ = std::max(next_, Clock::now());
  return std::exchange(next_, next_ + interval_);
}

}  // namespace client::load
