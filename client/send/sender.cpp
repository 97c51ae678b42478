#include "client/send/sender.hpp"

#include <csignal>
#include <cstdio>
#include <utility>

#include <asio/signal_set.hpp>

#include "client/send/line_splitter.hpp"
#include "streams/await_asio.hpp"
#include "streams/text/escape.hpp"

namespace client::send {
Sender::Sender(streams::EventLoop& loop, streams::Executor& executor, Options options, int input,
               int output)
    : loop_(loop),
      options_(std::move(options)),
      input_(loop, executor, input),
      output_(loop, executor, output),
      window_(loop, options_.window),
      lines_(loop, options_.connections),
      replies_(loop, options_.connections),
      stopping_(loop),
      watching_(loop),
      reading_(loop),
      working_(loop) {}

streams::Task<SendResult> Sender::run() {
  watching_.spawn(watch_signals());
  watching_.spawn(conduct());
  co_await watching_.join();
  co_return result_;
}

streams::Task<void> Sender::conduct() {
  for (std::size_t i = 0; i < options_.connections; ++i) working_.spawn(send_lines(i));
  working_.spawn(print_replies());
  reading_.spawn(read_lines());
  co_await reading_.join();
  lines_.close();
  co_await lines_.join();
  replies_.close();
  co_await working_.join();
  watching_.cancel();
}

streams::Task<void> Sender::watch_signals() {
  asio::signal_set signals(loop_.context(), SIGINT, SIGTERM);
  for (;;) {
    const auto [ec, number] = co_await signals.async_wait(streams::use_task);
    if (ec) co_return;
    if (std::exchange(result_.interrupted, true)) working_.cancel();
    stopping_.set();
    stop_reading("interrupted before the end of the input");
  }
}

// What has been handed out comes to its end.
void Sender::stop_reading(std::string why) {
  if (result_.failure.empty()) result_.failure = std::move(why);
  reading_.cancel();
  window_.close();
  lines_.close();
  while (const std::optional<Line> line = lines_.get_nowait()) {
    record(*line, LineResult{});
    lines_.task_done();
  }
}

streams::Task<void> Sender::read_lines() {
  LineSplitter splitter;
  for (;;) {
    const descriptors::Piece piece = co_await input_.read();
    if (piece.ec == std::errc::operation_canceled) co_return;
    if (piece.ec) {
      stop_reading("cannot read the input: " + piece.ec.message());
      co_return;
    }
    if (piece.data.empty()) break;
    splitter.feed(piece.data);
    while (auto line = splitter.next()) {
      const bool go_on = co_await hand_out(std::move(*line));
      if (!go_on) co_return;
    }
    if (splitter.pending() > max_line) {
      refuse_long_line();
      co_return;
    }
  }
  auto last = splitter.rest();
  if (last) co_await hand_out(std::move(*last));
}

void Sender::refuse_long_line() {
  stop_reading("line " + std::to_string(result_.lines.read + result_.lines.empty + 1) +
               " of the input is longer than 1MiB, which is the most that a line may have");
}

streams::Task<bool> Sender::hand_out(std::string text) {
  if (text.size() > max_line) {
    refuse_long_line();
    co_return false;
  }
  if (options_.protocol == LineProtocol::line && (text.empty() || text == "\r")) {
    ++result_.lines.empty;
    co_return true;
  }
  streams::Permit permit = co_await window_.acquire();
  if (!permit) co_return false;
  Line line{.number = ++result_.lines.read, .text = std::move(text), .permit = std::move(permit)};
  const std::error_code ec = co_await lines_.put(std::move(line));
  if (ec) record(line, LineResult{});  // NOLINT(bugprone-use-after-move): only without an error
  co_return !ec;
}

streams::Task<void> Sender::send_lines(std::uint64_t seed) {
  LineClient client(loop_, options_, seed, stopping_);
  for (;;) {
    std::optional<Line> line = co_await lines_.get();
    if (!line) break;
    LineResult result = co_await client.request(line->text);
    record(*line, result);
    line->text = std::move(result.reply);
    // Refused only when everything ends at once.
    co_await replies_.put(std::move(*line));
    lines_.task_done();
  }
  const std::string surplus = co_await client.close();
  if (!surplus.empty()) record_surplus("after the last line", surplus);
}

void Sender::record_surplus(const std::string& when, std::string_view surplus) {
  ++result_.lines.surplus;
  std::fprintf(stderr,
               "echoline: %s: more came than one reply to each line: \"%s\"; replies may stand at "
               "other lines (a service that greets first, or another --protocol?)\n",
               when.c_str(), text::escaped(surplus, {.named = true}).c_str());
}

void Sender::record(const Line& line, const LineResult& result) {
  LineCounts& lines = result_.lines;
  const auto number = static_cast<unsigned long long>(line.number);
  if (!result.surplus.empty()) {
    record_surplus("before line " + std::to_string(line.number), result.surplus);
  }
  if (result.times_sent > 0) ++lines.sent;
  if (result.times_sent > 1) {
    lines.retried += result.times_sent - 1;
    std::fprintf(stderr, "echoline: line %llu: sent %llu times, may have been executed each time\n",
                 number, static_cast<unsigned long long>(result.times_sent));
  }
  switch (result.status) {
    case LineResult::Status::answered: ++lines.answered; break;
    case LineResult::Status::different:
      ++lines.different;
      std::fprintf(stderr, "echoline: line %llu: what came back is not what was sent\n", number);
      break;
    case LineResult::Status::lost:
      ++lines.lost;
      std::fprintf(stderr,
                   "echoline: line %llu: sent and not answered, may have been executed: %s\n",
                   number, explain(result.ec).c_str());
      break;
    case LineResult::Status::not_sent:
      ++lines.not_sent;
      std::fprintf(stderr, "echoline: line %llu: not sent\n", number);
      // A service that is gone for good would take every line of the input with it.
      if (result.ec) {
        stop_reading("cannot connect to " + options_.target_name + ": " + explain(result.ec));
      }
      break;
  }
}

streams::Task<void> Sender::print_replies() {
  constexpr std::size_t enough = 64 * 1024;
  std::string batch;
  for (;;) {
    std::optional<Line> reply = co_await replies_.get();
    if (!reply) break;
    std::uint64_t replies = take_next(std::move(*reply), batch);
    while (batch.size() < enough) {
      reply = replies_.get_nowait();
      if (!reply) break;
      replies += take_next(std::move(*reply), batch);
    }
    const std::error_code ec = co_await output_.write(batch);
    if (ec) {
      if (ec != std::errc::operation_canceled) {
        stop_reading("cannot write the output: " + ec.message());
        working_.cancel();
      }
      break;
    }
    result_.lines.printed += replies;
    batch.clear();
  }
}

/// Puts into `batch` what may be printed now; how many replies that is.
std::uint64_t Sender::take_next(Line reply, std::string& batch) {
  if (!options_.ordered) {
    batch += reply.text;
    return reply.text.empty() ? 0 : 1;
  }
  early_.emplace(reply.number, std::move(reply));
  std::uint64_t replies = 0;
  while (!early_.empty() && early_.begin()->first == next_) {
    const std::string& text = early_.begin()->second.text;
    batch += text;
    if (!text.empty()) ++replies;
    early_.erase(early_.begin());
    ++next_;
  }
  return replies;
}

}  // namespace client::send
