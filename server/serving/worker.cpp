#include "server/serving/worker.hpp"

#include <utility>

#include "server/insight/probes.hpp"

namespace server::serving {
namespace {

/// How long a stop waits for those who administer the daemon to take their replies.
constexpr std::chrono::seconds own_patience{1};
/// Who has said nothing for so long gives way to who comes, where the daemon's own places are full.
constexpr std::chrono::seconds own_idleness{5};

/// How late a timer is, and what is lent, is looked at so often.
constexpr std::chrono::milliseconds measure_interval{100};
/// Between two looks at the network of some.
constexpr std::chrono::seconds network_interval{1};
/// One batch of events of so many is sampled.
constexpr std::uint64_t sampled_batches = 64;

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

}  // namespace

Worker::Worker(std::size_t number, streams::EventLoop::Options loop,
               std::chrono::milliseconds shutdown_grace, insight::SessionSubscriber& log,
               streams::BufferBudget& budget)
    : shutdown_grace_(shutdown_grace),
      loop_(counting(std::move(loop), figures_)),
      counters_(number),
      clients_(loop_, number),
      own_(loop_, number),
      relief_(clients_, budget),
      measure_timer_(loop_) {
  loop_.buffers().set_budget(budget);
  for (Sessions* sessions : {&clients_, &own_}) {
    sessions->events.subscribe(counters_);
    sessions->events.subscribe(log);
  }
  measure_timer_.reserve();
}

/// While run() does, however it ends: a timer keeps a loop from ending.
class Worker::Measuring {
 public:
  explicit Measuring(Worker& worker) noexcept : worker_(worker) {
    worker.runs_ = true;
    if (worker.clients_.measures) worker.measure_later();
  }
  ~Measuring() {
    worker_.runs_ = false;
    worker_.measure_timer_.cancel();
    worker_.relief_.end();
    worker_.figures_.buffers_lent.set(worker_.loop_.buffers().lent());
  }
  Measuring(const Measuring&) = delete;
  Measuring& operator=(const Measuring&) = delete;

 private:
  Worker& worker_;
};

// Allocates nothing: connections may be on their way here, whatever happens.
streams::Task<void> Worker::run(streams::Task<void> clients) {
  const Measuring measuring(*this);
  co_await std::move(clients);
}

void Worker::adopt(Accepted accepted) {
  Sessions& sessions = sessions_for(accepted);
  if (loop_.running_in_this_thread()) return sessions.start(std::move(accepted));
  ++coming_;
  try {
    loop_.call_soon_threadsafe([this, &sessions, accepted = std::move(accepted)]() mutable {
      sessions.start(std::move(accepted));
      --coming_;
      end_intake_if_all_came();
    });
  } catch (...) {
    --coming_;
    throw;
  }
}

void Worker::on_end_intake(std::size_t) noexcept {
  intake_ends_ = true;
  end_intake_if_all_came();
}

// An order may overtake the connections that were handed over before it.
void Worker::end_intake_if_all_came() noexcept {
  if (intake_ends_ && coming_ == 0) clients_.end_intake(shutdown_grace_);
}

void Worker::end_own_intake() noexcept { own_.end_intake(own_patience); }

bool Worker::make_room_for(const protocols::Protocol& protocol) noexcept {
  return own_.end_most_idle_of(protocol, own_idleness);
}

void Worker::on_abort(std::size_t) noexcept {
  clients_.abort();
  own_.abort();
}

void Worker::set_measures(bool measures) noexcept {
  measures_ = measures;
  set_measures_.request();
}

void Worker::on_set_measures(std::size_t) noexcept {
  if (clients_.measures == measures_) return;
  clients_.measures = measures_;
  loop_.readiness().sample(figures_, clients_.measures ? sampled_batches : 0);
  measure_timer_.cancel();
  if (runs_ && clients_.measures) measure_later();
}

void Worker::measure_later() noexcept {
  measure_due_ = std::chrono::steady_clock::now() + measure_interval;
  measure_timer_.call_later(measure_interval, [this] { measure(); });
}

void Worker::measure() noexcept {
  const auto now = std::chrono::steady_clock::now();
  figures_.loop_lag.observe(insight::in_microseconds(now - measure_due_));
  figures_.buffers_lent.set(loop_.buffers().lent());
  if (now >= next_look_) {
    next_look_ = now + network_interval;
    clients_.measure_networks();
  }
  measure_later();
}

}  // namespace server::serving
