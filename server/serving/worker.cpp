#include "server/serving/worker.hpp"

#include <exception>
#include <utility>

namespace server::serving {
namespace {

/// However run() ends.
class EndMark {
 public:
  explicit EndMark(Worker& worker) noexcept : worker_(worker) {}
  ~EndMark() { worker_.mark_ended(); }
  EndMark(const EndMark&) = delete;
  EndMark& operator=(const EndMark&) = delete;

 private:
  Worker& worker_;
};

}  // namespace

Worker::Worker(const streams::EventLoop::Options& loop, const Options& options,
               insight::SessionSubscriber& log)
    : options_(options), loop_(loop), sessions_(loop_), intake_ended_(loop_), sweep_timer_(loop_) {
  sessions_.events.subscribe(counters_);
  sessions_.events.subscribe(log);
}

void Worker::add_to(insight::Registry& registry) const {
  counters_.add_to(registry);
  registry.add("bytes_received_total", loop_.traffic().received);
  registry.add("bytes_sent_total", loop_.traffic().sent);
}

streams::Task<void> Worker::run() {
  const EndMark mark(*this);
  sweep();
  co_await intake_ended_.wait();
  sweep_timer_.cancel();
  sessions_.for_each([](Session& session) { session.drain(); });
  const auto start = Session::Clock::now();
  streams::Timer grace(loop_);
  grace.call_later(options_.shutdown_grace, [this] { abort_sessions(); });
  sweep_draining(start + options_.shutdown_grace / 2);
  co_await sessions_.join();
  sweep_timer_.cancel();
}

void Worker::adopt(Accepted accepted) {
  if (loop_.running_in_this_thread()) {
    start_session(std::move(accepted));
  } else {
    loop_.call_soon_threadsafe(
        [this, accepted = std::move(accepted)]() mutable { start_session(std::move(accepted)); });
  }
}

void Worker::start_session(Accepted accepted) noexcept {
  const std::uint64_t id = accepted.id;
  try {
    Session::start(sessions_, std::move(accepted));
  } catch (const std::exception& exception) {
    sessions_.events.failed(id, exception.what());
  }
  if (aborting_) abort_sessions();
}

void Worker::apply(const Options& options) {
  loop_.call_soon_threadsafe([this, options] { options_ = options; });
}

void Worker::end_intake() {
  loop_.call_soon_threadsafe([this] { intake_ended_.set(); });
}

void Worker::abort() {
  loop_.call_soon_threadsafe([this] {
    aborting_ = true;
    abort_sessions();
  });
}

void Worker::take_pulse() {
  loop_.call_soon_threadsafe([this] { pulse_.add(1); });
}

void Worker::abort_sessions() noexcept {
  sessions_.for_each([](Session& session) { session.abort(Session::Cause::aborted); });
}

void Worker::sweep() {
  const auto now = Session::Clock::now();
  sessions_.for_each([now](Session& session) { session.check_idle(now); });
  sweep_timer_.call_later(options_.sweep_interval, [this] { sweep(); });
}

void Worker::sweep_draining(Session::Clock::time_point until) {
  // Longer than a round trip on any network that a peer with that much on the way is likely behind.
  constexpr std::chrono::milliseconds interval{200};
  sweep_timer_.call_later(interval, [this, until] {
    const bool may_wait = Session::Clock::now() < until;
    sessions_.for_each([may_wait](Session& session) { session.check_drained(may_wait); });
    sweep_draining(until);
  });
}

}  // namespace server::serving
