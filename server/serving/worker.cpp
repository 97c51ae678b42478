#include "server/serving/worker.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

#include "server/insight/probes.hpp"

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

/// How long a stop waits for those who administer the daemon to take their replies.
constexpr std::chrono::seconds own_patience{1};

constexpr std::chrono::milliseconds longest_sweep_interval{1000};

/// One batch of events of so many is sampled.
constexpr std::uint64_t sampled_batches = 64;
/// Sessions at whose network a worker looks in a second: a system call each.
constexpr std::uint64_t network_looks = 64;

/// `options` with its slow callbacks counted.
streams::EventLoop::Options counting(streams::EventLoop::Options options,
                                     insight::WorkerFigures& figures) {
  options.debug.on_slow_callback = [&figures, report = std::move(options.debug.on_slow_callback)](
                                       const streams::TaskInfo& task, auto duration) {
    figures.slow_callbacks.add(1);
    ECHOLINE_PROBE1(slow_callback, duration.count());
    if (report) report(task, duration);
  };
  return options;
}

/// Sessions are looked at in a twentieth of the shortest idle time-out: up to one of them passes
/// before a session's last byte is noticed, and one more after its time, so that none is late by
/// more than a tenth (from 100 ms on).
std::chrono::milliseconds sweep_interval_for(std::chrono::milliseconds idle_timeout) noexcept {
  constexpr std::chrono::milliseconds shortest{5};
  if (idle_timeout.count() == 0) return longest_sweep_interval;
  return std::clamp(idle_timeout / 20, shortest, longest_sweep_interval);
}

}  // namespace

Worker::Worker(std::size_t number, streams::EventLoop::Options loop,
               std::chrono::milliseconds shutdown_grace, insight::SessionSubscriber& log)
    : shutdown_grace_(shutdown_grace),
      loop_(counting(std::move(loop), figures_)),
      counters_(number),
      sessions_(loop_, number),
      intake_ended_(loop_),
      sweep_timer_(loop_),
      grace_timer_(loop_),
      all_ended_(sessions_.join()) {
  sessions_.events.subscribe(counters_);
  sessions_.events.subscribe(log);
  sweep_timer_.reserve();
  grace_timer_.reserve();
}

// Allocates nothing: connections may be on their way here, whatever happens.
streams::Task<void> Worker::run() {
  const EndMark mark(*this);
  sweep();
  co_await intake_ended_.wait();
  sweep_timer_.cancel();
  sessions_.for_each([](Session& session) { session.drain(); });
  const std::chrono::milliseconds grace = shutdown_grace_;
  grace_timer_.call_later(grace, [this] { abort_sessions(); });
  const auto now = Session::Clock::now();
  sweep_draining(now + grace / 2, now + own_patience);
  co_await std::move(all_ended_);
  sweep_timer_.cancel();
  grace_timer_.cancel();
}

void Worker::adopt(Accepted accepted) {
  if (loop_.running_in_this_thread()) return start_session(std::move(accepted));
  ++coming_;
  try {
    loop_.call_soon_threadsafe([this, accepted = std::move(accepted)]() mutable {
      start_session(std::move(accepted));
      --coming_;
      end_intake_if_all_came();
    });
  } catch (...) {
    --coming_;
    throw;
  }
}

void Worker::start_session(Accepted accepted) noexcept {
  const std::uint64_t id = accepted.id;
  // Whatever becomes of the listener when the connection has let go of it.
  const std::shared_ptr<insight::ListenerFigures> figures = accepted.listener->figures;
  try {
    sweep_in_time_for(accepted.listener->settings.limits.idle_timeout);
    Session::start(sessions_, std::move(accepted));
  } catch (const std::exception& exception) {
    sessions_.events.publish(&insight::SessionSubscriber::failed, figures.get(), id,
                             exception.what());
  }
  if (aborting_) abort_sessions();
}

void Worker::on_end_intake(std::size_t) noexcept {
  intake_ends_ = true;
  end_intake_if_all_came();
}

// An order may overtake the connections that were handed over before it.
void Worker::end_intake_if_all_came() noexcept {
  if (intake_ends_ && coming_ == 0) intake_ended_.set();
}

void Worker::on_abort(std::size_t) noexcept {
  aborting_ = true;
  abort_sessions();
}

void Worker::abort_sessions() noexcept {
  sessions_.for_each([](Session& session) { session.abort(Session::Cause::aborted); });
}

std::size_t Worker::list_sessions(std::size_t most,
                                  std::vector<protocols::AdminHost::Session>& out) {
  std::vector<const Session*> all;
  sessions_.for_each([&all](const Session& session) { all.push_back(&session); });
  const std::size_t count = std::min(most, all.size());
  const auto last = all.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::partial_sort(all, last, {}, &Session::id);
  const auto now = Session::Clock::now();
  std::for_each(all.begin(), last,
                [&out, now](const Session* session) { out.push_back(session->state(now)); });
  return all.size();
}

bool Worker::end_session(std::uint64_t id, bool reset) noexcept {
  bool found = false;
  sessions_.for_each([&found, id, reset](Session& session) {
    if (session.id() != id) return;
    found = true;
    session.end_by_order(reset);
  });
  return found;
}

void Worker::end_sessions_of(const protocols::Protocol& protocol) noexcept {
  sessions_.for_each([&protocol](Session& session) {
    if (&session.protocol() == &protocol) session.end_by_order(false);
  });
}

void Worker::sweep() {
  const auto now = Session::Clock::now();
  if (measures_ || sessions_.measures) measure(now);
  sweep_interval_ = longest_sweep_interval;
  session_count_ = 0;
  sessions_.for_each([this, now](Session& session) {
    ++session_count_;
    sweep_interval_ = std::min(sweep_interval_, sweep_interval_for(session.idle_timeout()));
    session.check_idle(now);
  });
  sweep_later(sweep_interval_);
}

void Worker::sweep_later(std::chrono::milliseconds interval) noexcept {
  sweep_timer_.call_later(interval, [this] { sweep(); });
  sweep_due_ = measures_ ? Session::Clock::now() + interval : Session::Clock::time_point{};
}

// Of a session that comes.
void Worker::sweep_in_time_for(std::chrono::milliseconds idle_timeout) noexcept {
  const std::chrono::milliseconds interval = sweep_interval_for(idle_timeout);
  if (interval >= sweep_interval_) return;
  sweep_later(interval);
  sweep_interval_ = interval;
}

void Worker::measure(Session::Clock::time_point now) noexcept {
  if (measures_ != sessions_.measures) {
    sessions_.measures = measures_;
    loop_.readiness().sample(figures_, sessions_.measures ? sampled_batches : 0);
  }
  if (!sessions_.measures) return;
  if (sweep_due_ != Session::Clock::time_point{}) {
    figures_.loop_lag.observe(insight::in_microseconds(now - sweep_due_));
  }
  figures_.buffers_lent.set(loop_.buffers().lent());
  if (now < next_look_) return;
  next_look_ = now + longest_sweep_interval;
  measure_networks();
}

// Another slice of the sessions each time: their ids are spread over all slices.
void Worker::measure_networks() noexcept {
  const std::uint64_t slices = session_count_ / network_looks + 1;
  const std::uint64_t slice = looks_++ % slices;
  sessions_.for_each([slices, slice](Session& session) {
    constexpr std::uint64_t spread = 0x9E3779B97F4A7C15;
    if ((session.id() * spread >> 32U) % slices == slice) session.measure_network();
  });
}

void Worker::sweep_draining(Session::Clock::time_point until,
                            Session::Clock::time_point own_until) {
  // Longer than most round trips, so that a peer that is far away is not taken for one that stands
  // still.
  constexpr std::chrono::milliseconds interval{200};
  sweep_timer_.call_later(interval, [this, until, own_until] {
    const auto now = Session::Clock::now();
    const bool may_wait = now < until;
    const bool own_may_wait = now < own_until;
    sessions_.for_each([may_wait, own_may_wait](Session& session) {
      if (session.is_own() && !own_may_wait) return session.abort(Session::Cause::aborted);
      session.check_drained(may_wait);
    });
    sweep_draining(until, own_until);
  });
}

}  // namespace server::serving
