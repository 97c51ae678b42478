// Sender: what `echoline send` does. One reader of the input, a bounded queue of lines, a client
// for each connection, one printer of the replies:
//
//     input → batches (AsyncGenerator) → lines (Queue) → client … client → replies (Queue) → output
//
// A line holds a permit of the window from the moment it is read until its reply is printed, so
// memory is bounded also while one late reply holds up those behind it. Runs on one loop.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "client/descriptors/file_writer.hpp"
#include "client/send/line_client.hpp"
#include "client/send/options.hpp"
#include "streams/cancellation.hpp"
#include "streams/event_loop.hpp"
#include "streams/executor.hpp"
#include "streams/queue.hpp"
#include "streams/semaphore.hpp"
#include "streams/standard_input.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"

namespace client::send {

struct SendResult {
  LineCounts lines;
  std::string failure;       ///< why it did not go to the end of the input; empty if it did
  bool interrupted = false;  ///< by SIGINT or SIGTERM; a second one ends it at once
};

class Sender final : private LineClient::Owner {
 public:
  /// `input` and `output` are descriptors of any kind, and stay the caller's. `executor` outlives
  /// it.
  Sender(streams::EventLoop& loop, streams::Executor& executor, Options options, int input,
         int output);

  streams::Task<SendResult> run();

 private:
  streams::Task<void> conduct(streams::TaskGroup& all);
  streams::Task<void> work(streams::TaskGroup& all);
  streams::Task<void> watch_signals();
  streams::Task<void> read_lines();
  streams::Task<bool> hand_out(std::string text);
  streams::Task<void> print_replies();
  std::uint64_t take_next(Line reply, std::string& batch);
  void line_done(Line line, LineResult result) override;
  void surplus_came(std::uint64_t after, std::string_view beginning) override;
  void record(const Line& line, const LineResult& result);
  void refuse_long_line();
  void stop_reading(std::string why);

  streams::EventLoop& loop_;
  const Options options_;
  streams::StandardInput input_;
  descriptors::FileWriter output_;
  SendResult result_;
  streams::Semaphore window_;
  streams::Queue<Line> lines_;
  streams::Queue<Line> replies_;
  std::deque<LineClient> clients_;
  std::map<std::uint64_t, Line> early_;  // replies that came before their turn
  std::uint64_t next_ = 1;               // the line whose reply is to be printed next
  streams::CancelScope reading_;
  streams::TaskHandle<void> working_;  // the clients and the printer
};

}  // namespace client::send
