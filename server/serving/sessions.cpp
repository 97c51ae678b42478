#include "server/serving/sessions.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

#include "server/serving/deadlines.hpp"
#include "server/serving/session.hpp"

namespace server::serving {
namespace {

constexpr std::chrono::milliseconds shortest_sweep_interval{5};
constexpr std::chrono::milliseconds longest_sweep_interval{1000};
/// Sessions at whose network a worker looks in a second: a system call each.
constexpr std::uint64_t network_looks = 64;

/// Sessions are looked at in a twentieth of their shortest deadline: up to one of them passes
/// before a session's last byte is noticed, and one more after its time, so that none is late by
/// more than a tenth (from 100 ms on).
std::chrono::milliseconds sweep_interval_for(const config::Limits& limits) noexcept {
  const std::chrono::milliseconds deadline = shortest_deadline(limits);
  if (deadline.count() == 0) return longest_sweep_interval;
  return std::clamp(deadline / 20, shortest_sweep_interval, longest_sweep_interval);
}

}  // namespace

Sessions::Sessions(streams::EventLoop& session_loop, std::size_t of_worker)
    : TaskGroup(session_loop),
      loop(session_loop),
      worker(of_worker),
      sweep_timer_(session_loop),
      grace_timer_(session_loop),
      all_ended_(join()),
      intake_ended_(session_loop) {
  sweep_timer_.reserve();
  grace_timer_.reserve();
}

streams::Task<void> Sessions::run() {
  sweep();
  co_await intake_ended_.wait();
  sweep_timer_.cancel();
  for_each([](Session& session) { session.drain(); });
  grace_timer_.call_later(grace_, [this] { abort(); });
  sweep_draining(Clock::now() + grace_ / 2);
  co_await std::move(all_ended_);
  sweep_timer_.cancel();
  grace_timer_.cancel();
}

void Sessions::start(Accepted accepted) noexcept {
  const std::uint64_t id = accepted.id;
  // Whatever becomes of the listener when the connection has let go of it.
  const std::shared_ptr<insight::ListenerFigures> figures = accepted.listener->figures;
  try {
    sweep_in_time_for(accepted.listener->settings.limits);
    Session::start(*this, std::move(accepted));
  } catch (const std::exception& exception) {
    events.publish(&insight::SessionSubscriber::failed, figures.get(), id, exception.what());
  }
  if (aborting_) abort();
}

void Sessions::end_intake(std::chrono::milliseconds grace) noexcept {
  grace_ = grace;
  intake_ended_.set();
}

void Sessions::abort() noexcept {
  aborting_ = true;
  for_each([](Session& session) { session.abort(Session::Cause::aborted); });
}

std::size_t Sessions::list(std::size_t most, std::vector<protocols::AdminHost::Session>& out) {
  std::vector<const Session*> all;
  for_each([&all](const Session& session) { all.push_back(&session); });
  const std::size_t count = std::min(most, all.size());
  const auto last = all.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::partial_sort(all, last, {}, &Session::id);
  const auto now = Clock::now();
  std::for_each(all.begin(), last,
                [&out, now](const Session* session) { out.push_back(session->state(now)); });
  return all.size();
}

bool Sessions::end_one(std::uint64_t id, bool reset) noexcept {
  bool found = false;
  for_each([&found, id, reset](Session& session) {
    if (session.id() != id) return;
    found = true;
    session.end_by_order(reset);
  });
  return found;
}

protocols::AdminHost::FaultAnswer Sessions::order_fault(
    std::uint64_t id, const protocols::AdminHost::FaultOrder& order) {
  protocols::AdminHost::FaultAnswer answer;
  for_each([&answer, &order, id](Session& session) {
    if (session.id() == id) answer = session.order_fault(order);
  });
  return answer;
}

void Sessions::end_all_of(const protocols::Protocol& protocol) noexcept {
  for_each([&protocol](Session& session) {
    if (&session.protocol() == &protocol) session.end_by_order(false);
  });
}

bool Sessions::end_most_idle_of(const protocols::Protocol& protocol,
                                std::chrono::milliseconds least) noexcept {
  Session* most_idle = nullptr;
  Clock::duration longest = least;
  const auto now = Clock::now();
  for_each([&](Session& session) {
    if (&session.protocol() != &protocol || session.silent(now) < longest) return;
    longest = session.silent(now);
    most_idle = &session;
  });
  if (most_idle != nullptr) most_idle->end(Session::Cause::idle);
  return most_idle != nullptr;
}

void Sessions::sweep() noexcept {
  const auto now = Clock::now();
  // Where we have stood still, nobody has had a chance: what has come meanwhile is read first.
  const bool is_late = sweep_due_ != Clock::time_point{} && now - sweep_due_ > sweep_interval_;
  sweep_was_put_off_ = is_late && !sweep_was_put_off_;
  if (sweep_was_put_off_) return sweep_later(shortest_sweep_interval);
  sweep_interval_ = longest_sweep_interval;
  count_ = 0;
  for_each([this, now](Session& session) {
    ++count_;
    sweep_interval_ = std::min(sweep_interval_, sweep_interval_for(session.limits()));
    session.check(now);
  });
  paces.forget_others();
  sweep_later(sweep_interval_);
}

void Sessions::sweep_later(std::chrono::milliseconds interval) noexcept {
  sweep_due_ = Clock::now() + interval;
  sweep_timer_.call_later(interval, [this] { sweep(); });
}

// Of a session that comes.
void Sessions::sweep_in_time_for(const config::Limits& limits) noexcept {
  const std::chrono::milliseconds interval = sweep_interval_for(limits);
  if (interval >= sweep_interval_) return;
  sweep_later(interval);
  sweep_interval_ = interval;
}

// Another slice of the sessions each time: their ids are spread over all slices.
void Sessions::measure_networks() noexcept {
  const std::uint64_t slices = count_ / network_looks + 1;
  const std::uint64_t slice = looks_++ % slices;
  for_each([slices, slice](Session& session) {
    constexpr std::uint64_t spread = 0x9E3779B97F4A7C15;
    if ((session.id() * spread >> 32U) % slices == slice) session.measure_network();
  });
}

void Sessions::sweep_draining(Clock::time_point until) noexcept {
  // Longer than most round trips, so that a peer that is far away is not taken for one that stands
  // still.
  constexpr std::chrono::milliseconds interval{200};
  sweep_timer_.call_later(interval, [this, until] {
    const bool may_wait = Clock::now() < until;
    for_each([may_wait](Session& session) { session.check_drained(may_wait); });
    sweep_draining(until);
  });
}

}  // namespace server::serving
