// Generator: one thread of a load run: a loop, its share of the connections, and what they count.
// Made and controlled on the main thread, whose loop it reports to; all else happens on its
// own. The main thread runs its loop until every generator has reported its end.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "client/load/connector.hpp"
#include "client/load/dispatcher.hpp"
#include "client/load/load_connection.hpp"
#include "client/load/messages.hpp"
#include "client/load/pacer.hpp"
#include "client/load/plan.hpp"
#include "client/load/progress.hpp"
#include "client/load/pulse.hpp"
#include "client/load/schedule.hpp"
#include "client/load/share.hpp"
#include "client/load/tally.hpp"
#include "client/load/thread_context.hpp"
#include "client/load/thread_usage.hpp"
#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/task_group.hpp"
#include "streams/timer.hpp"

namespace client::load {

class Generator {
 public:
  /// Gets the calls below on the main thread.
  class Owner {
   public:
    /// Every connection is made, or was given up for the first time.
    virtual void connected() = 0;
    /// The figures that count() asked for, in answer to it.
    virtual void counted(std::size_t thread, std::unique_ptr<Figures> figures) = 0;
    /// The target speaks another protocol; said once or more.
    virtual void wrong_protocol() = 0;
    /// There is no more to come, and the members below may be read.
    virtual void finished(std::size_t thread) = 0;

   protected:
    ~Owner() = default;
  };

  /// Starts the thread, which connects. All that is referred to outlives it.
  Generator(streams::EventLoop& home, Owner& owner, const Plan& plan,
            const std::vector<ResolvedTarget>& targets, const Share& share);
  /// Waits for the thread.
  ~Generator();
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  /// The load begins `at` this time, with the warm-up.
  void start(Time at);
  /// Swaps the figures for these empty ones.
  void count(std::unique_ptr<Figures> empty);
  /// No more is sent; what is under way may take a second.
  void stop();
  /// Ends at once.
  void abort();

  // After finished().
  Tally& tally() noexcept { return tally_; }
  const ThreadLoad& load() const noexcept { return load_; }
  const Standstills& standstills() const noexcept { return pulse_.standstills(); }
  /// When the last thing that is counted had happened.
  Time ended() const noexcept { return ended_; }
  /// Rethrows what the thread ended with, if it did so by an exception.
  void rethrow() const;

 private:
  void run_thread() noexcept;
  streams::Task<void> live();
  void begin_or_fail() noexcept;
  void begin();
  void start_connections(std::size_t first);
  void begin_measurement();
  void end_sending(Duration patience);
  void give_up();
  void check_times();
  void update_figures();
  template <class Function>
  void tell(Function function);

  streams::EventLoop& home_;
  Owner& owner_;
  const Plan& plan_;
  const Share share_;
  streams::EventLoop loop_;
  std::unique_ptr<Messages> messages_;
  Tally tally_;
  Progress progress_;
  Dispatcher dispatcher_;
  Connector connector_;
  streams::Event start_requested_;
  streams::Event started_;
  streams::Event first_connects_done_;
  ThreadContext context_;
  streams::TaskGroup group_;
  std::vector<std::unique_ptr<LoadConnection>> connections_;
  std::optional<Schedule> schedule_;
  std::optional<Pacer> pacer_;
  streams::Timer warmed_up_;
  streams::Timer end_;
  streams::Timer sweep_;
  Pulse pulse_;
  Time start_;
  bool sending_ = false;
  std::uint64_t bytes_sent_ = 0;  // before the current figures
  std::uint64_t bytes_received_ = 0;
  ThreadUsage usage_;
  ThreadLoad load_;
  Time ended_;
  std::exception_ptr failure_;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace client::load
