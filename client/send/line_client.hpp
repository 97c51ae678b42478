// LineClient: takes lines from a queue and sends them to the service over a connection of its own,
// a number of them on their way at a time; replies belong to the lines in their order. What a
// broken connection leaves unanswered it sends again on the next, or gives up, as the options say.
// One for each connection of a Sender, on the loop's thread.
//
// After a connection broke, the next one begins with a single line on its way and has twice as many
// with each reply. So a line that kills the service is soon alone, is the one that runs out of
// attempts, and takes no other with it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "client/line_exchange.hpp"
#include "client/send/options.hpp"
#include "streams/backoff.hpp"
#include "streams/cancellation.hpp"
#include "streams/connection.hpp"
#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/queue.hpp"
#include "streams/semaphore.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"
#include "streams/timer.hpp"

namespace client::send {

struct Line {
  Line(std::uint64_t position, std::string words, streams::Permit place)
      : number(position), text(std::move(words)), permit(std::move(place)) {}
  std::uint64_t number;  ///< 1 is the first
  std::string text;
  streams::Permit permit;
};

/// What became of a line.
struct LineResult {
  enum class Status : std::uint8_t { answered, different, lost, not_sent };
  Status status = Status::not_sent;
  std::string reply;
  std::error_code ec;            ///< why it was lost or not sent
  std::uint64_t times_sent = 0;  ///< it may have been executed each time
};

class LineClient {
 public:
  class Owner {
   public:
    /// Each line that was taken from the queue, once.
    virtual void line_done(Line line, LineResult result) = 0;
    /// What begins with `beginning` came without being asked for; line `after` was answered last.
    virtual void surplus_came(std::uint64_t after, std::string_view beginning) = 0;

   protected:
    ~Owner() = default;
  };

  /// All outlive it; `seed` is its own among many.
  LineClient(streams::EventLoop& loop, const Options& options, std::uint64_t seed,
             streams::Queue<Line>& lines, Owner& owner);

  /// Sends lines until the queue has ended, then closes the connection. Cancelled, it gives up all
  /// that it has at once. Throws what the streams throw; their errors are in the results.
  streams::Task<void> run();
  /// What is on its way comes to its end; nothing is sent from now on, and no connection made.
  void stop() noexcept;

 private:
  using Clock = std::chrono::steady_clock;

  struct Held {
    explicit Held(Line&& taken) noexcept : line(std::move(taken)) {}
    Line line;
    std::uint64_t times_sent = 0;
    std::uint64_t failures = 0;   // attempts that came to nothing through it
    std::uint64_t begins_at = 0;  // bytes of this connection before it
  };

  streams::Task<std::error_code> connect();
  streams::Task<std::error_code> open();
  streams::Task<std::error_code> exchange();
  streams::Task<std::error_code> converse(streams::TaskGroup& group);
  streams::Task<void> write_lines();
  streams::Task<std::error_code> read_replies();
  streams::Task<void> close(std::error_code ec);
  void write_next();
  void take_reply();
  void finish_when_done();
  void wait_at_most(Clock::duration patience);
  void on_timer();
  void end_attempt(std::error_code ec, bool was_connected);
  void give_up(std::error_code ec);
  void give_up_sent(std::error_code ec);
  void give_up_all(std::error_code ec);

  streams::EventLoop& loop_;
  const Options& options_;
  streams::Queue<Line>& lines_;
  Owner& owner_;
  std::unique_ptr<streams::Connection> connection_;
  std::deque<Held> held_;  // the first written_ of them are on their way
  std::size_t written_ = 0;
  std::size_t depth_;  // how many may be
  ReplyAssembler reply_;
  std::uint64_t answered_ = 0;     // the line that was answered last
  Clock::time_point quiet_since_;  // the last reply
  streams::Event room_;
  streams::Timer timer_;
  Clock::time_point deadline_;  // something must have come by then
  bool timer_runs_ = false;
  bool timed_out_ = false;
  bool over_ = false;       // nothing is written on this connection any more
  bool finishing_ = false;  // all is answered and our half is closed
  bool progress_ = false;   // a reply came on this connection
  bool stopping_ = false;
  bool no_more_lines_ = false;
  streams::Backoff backoff_;
  Clock::duration delay_{};  // before the next attempt
  streams::CancelScope attempts_;
};

}  // namespace client::send
