#include "client/send/sender.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <utility>

#include <asio/signal_set.hpp>

#include "client/send/line_batches.hpp"
#include "streams/await_asio.hpp"
#include "streams/text/escape.hpp"
#include "streams/timeout.hpp"

namespace client::send {
namespace {

constexpr std::size_t max_queued = 64;  // lines for each connection, each of up to 1 MiB

}  // namespace

Sender::Sender(streams::EventLoop& loop, streams::Executor& executor, Options options, int input,
               int output)
    : loop_(loop),
      options_(std::move(options)),
      input_(loop, input),
      output_(loop, executor, output),
      window_(loop, options_.window),
      lines_(loop, options_.connections * std::min(options_.pipeline, max_queued)),
      replies_(loop, options_.window) {
  LineClient::Owner& owner = *this;
  for (std::size_t i = 0; i < options_.connections; ++i) {
    clients_.emplace_back(loop, options_, i, lines_, owner);
  }
}

streams::Task<SendResult> Sender::run() {
  auto all =
      streams::task_group(loop_, [this](streams::TaskGroup& group) { return conduct(group); });
  co_await std::move(all);
  co_return result_;
}

// One of the group: a worker that throws keeps its lines, for whose end this would wait for ever.
streams::Task<void> Sender::conduct(streams::TaskGroup& all) {
  all.spawn(watch_signals());
  working_ = all.spawn(work(all));
  auto reading = read_lines();
  streams::ScopedAwaiter<void> in_reading(reading_, reading);
  co_await in_reading;
  lines_.close();
  co_await lines_.join();
  replies_.close();
}

// The last to end: the clients when the lines have ended, the printer when the replies have.
streams::Task<void> Sender::work(streams::TaskGroup& all) {
  auto workers = streams::task_group(loop_, [this](streams::TaskGroup& group) {
    for (LineClient& client : clients_) group.spawn(client.run());
    return print_replies();
  });
  co_await std::move(workers);
  all.cancel();
}

streams::Task<void> Sender::watch_signals() {
  asio::signal_set signals(loop_.context(), SIGINT, SIGTERM);
  for (;;) {
    const auto [ec, number] = co_await signals.async_wait(streams::use_task);
    if (ec) co_return;
    if (std::exchange(result_.interrupted, true)) working_.cancel();
    for (LineClient& client : clients_) client.stop();
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
  auto batches = read_batches(input_.reader());
  while (LineBatch* batch = co_await batches.next()) {
    if (batch->ec == std::errc::operation_canceled) co_return;
    if (batch->ec) {
      stop_reading("cannot read the input: " + batch->ec.message());
      co_return;
    }
    for (const std::string_view text : batch->lines) {
      const bool go_on = co_await hand_out(std::string(text));
      if (!go_on) co_return;
    }
    if (batch->too_long) refuse_long_line();
  }
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
  if (!has_reply(options_.protocol, text)) {
    ++result_.lines.empty;
    co_return true;
  }
  streams::Permit permit = co_await window_.acquire();
  if (!permit) co_return false;
  Line line(++result_.lines.read, std::move(text), std::move(permit));
  const std::error_code ec = co_await lines_.put(std::move(line));
  if (ec) record(line, LineResult{});  // NOLINT(bugprone-use-after-move): only without an error
  co_return !ec;
}

void Sender::line_done(Line line, LineResult result) {
  record(line, result);
  line.text = std::move(result.reply);
  // There is room for the whole window.
  replies_.put_nowait(std::move(line));
  lines_.task_done();
}

void Sender::surplus_came(std::uint64_t after, std::string_view beginning) {
  ++result_.lines.surplus;
  std::fprintf(stderr,
               "echoline: after line %llu: more came than one reply to each line: \"%s\"; replies "
               "may stand at other lines (a service that greets first, or another --protocol?)\n",
               static_cast<unsigned long long>(after),
               text::escaped(beginning, {.named = true}).c_str());
}

void Sender::record(const Line& line, const LineResult& result) {
  LineCounts& lines = result_.lines;
  const auto number = static_cast<unsigned long long>(line.number);
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
  if (reply.number != next_) {
    early_.emplace(reply.number, std::move(reply));
    return 0;
  }
  std::uint64_t replies = 0;
  const auto take = [&](const Line& line) {
    batch += line.text;
    if (!line.text.empty()) ++replies;
    ++next_;
  };
  take(reply);
  for (; !early_.empty() && early_.begin()->first == next_; early_.erase(early_.begin())) {
    take(early_.begin()->second);
  }
  return replies;
}

}  // namespace client::send
