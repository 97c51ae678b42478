#include "server/serving/stage.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <utility>

#include "streams/buffer_pool.hpp"
#include "streams/error.hpp"

namespace server::serving {

using streams::Task;

namespace {

constexpr std::uint32_t most_outside = 16 * 1024;
constexpr std::uint32_t most_inside = 32 * 1024;
/// What an echo adds to that fits a block as well.
constexpr std::size_t most_input = streams::BufferPool::block_size - most_inside;

streams::StreamOptions inner(streams::StreamOptions options) noexcept {
  const std::uint32_t rest = options.marks.high - Stage::outer(options).marks.high;
  options.marks.high = std::min(rest, most_inside);
  options.marks.low = std::min(options.marks.low, options.marks.high / 2);
  return options;
}

}  // namespace

streams::StreamOptions Stage::outer(streams::StreamOptions options) noexcept {
  options.marks.high = std::min(options.marks.high / 4, most_outside);
  options.marks.low = std::min(options.marks.low, options.marks.high / 4);
  return options;
}

Stage::Stage(streams::Connection& connection, const Listener& listener,
             const streams::StreamOptions& options, const std::optional<faults::Identity>& faulty,
             Met met)
    : connection_(connection),
      loop_(connection.transport().loop()),
      reader_(connection.reader()),
      writer_(connection.writer()),
      listener_(listener),
      inner_(loop_, *this, &writer_, inner(options)),
      input_(loop_),
      output_(loop_),
      received_(listener.settings.limits.receive_rate, Clock::now()),
      sent_(listener.settings.limits.send_rate, Clock::now()),
      who_(faulty.value_or(faults::Identity{})),
      met_(std::move(met)),
      context_(listener.context),
      marks_(inner(options).marks) {
  const config::Listener& settings = listener.settings;
  if (settings.keep_ended == config::KeepEnded::yes) passed_.emplace();
  if (faulty) {
    script_.emplace(settings.plan, *faulty, Clock::now(),
                    faults::Bounds{settings.fault_max_time, settings.fault_max_bytes});
    // Before a byte moves, because what is met then is to count by its line.
    if (listener.protocol.has_replies) script_->expect_marks();
  }
  if (settings.limits.receive_rate != 0 || script_) reader_.take_only_what_is_asked();
}

Task<std::error_code> Stage::serve() {
  auto all = streams::task_group(loop_, [this](streams::TaskGroup& group) { return run(group); });
  const std::error_code result = co_await std::move(all);
  if (is_given_up_) co_return streams::Error::unacknowledged;
  if (!ended_by_) co_return result;
  if (*ended_by_ == faults::Then::fin) co_return streams::no_error();
  auto waiting = acknowledged();
  co_await std::move(waiting);
  co_return std::make_error_code(std::errc::connection_aborted);
}

Task<std::error_code> Stage::serve_protocol() {
  if (script_ && listener_.protocol.has_replies) {
    context_.marks = this;
    if (listener_.settings.fault_in_band == config::InBand::yes) context_.faults = this;
  }
  return listener_.protocol.serve(inner_.reader(), inner_.writer(), context_);
}

Task<std::error_code> Stage::run(streams::TaskGroup& group) {
  if (script_) {
    tell_met();
    using What = faults::AtAccept::What;
    if (script_->at_accept().what != What::nothing) co_return streams::no_error();
  }
  auto input = group.spawn(script_ ? move_faulty_input() : move_input(), "input of a stage");
  auto output = group.spawn(script_ ? move_faulty_output() : move_output(), "output of a stage");
  auto serving = serve_protocol();
  std::error_code result = co_await std::move(serving);
  // What it could not write must not be missing unnoticed.
  if (!result) result = inner_.writer().error();
  is_done_ = true;
  input.cancel();
  // What is cut short is reset, and nothing goes before.
  if (ended_by_ || (result && result != streams::Error::end_of_stream)) output.cancel();
  output_.tell();
  co_return result;
}

Task<void> Stage::move_input() {
  for (;;) {
    auto since = Clock::now();
    if (!inner_.has_room()) {
      const bool changed = co_await input_.next();
      if (!changed) co_return;
      received_.was_idle(since, Clock::now());
      continue;
    }
    const std::size_t size = hurries_ ? most_input : received_.allowed(most_input, since);
    if (size == 0) {
      const bool changed = co_await input_.next_or(received_.when());
      if (!changed) co_return;
      continue;
    }
    const streams::Chunk chunk = co_await reader_.read(size);
    if (!chunk) co_return end_input(chunk.ec);
    const auto now = Clock::now();
    received_.was_idle(since, now);
    received_.went(chunk.data.size(), now);
    has_come(chunk.data);
    inner_.feed(chunk.data);
  }
}

Task<void> Stage::move_output() {
  for (;;) {
    const auto since = Clock::now();
    const std::string_view output = inner_.output();
    if (output.empty()) {
      if (is_done_) co_return;
      const bool changed = co_await output_.next();
      if (!changed) co_return;
      sent_.was_idle(since, Clock::now());
      continue;
    }
    const std::size_t size = hurries_ ? output.size() : sent_.allowed(output.size(), since);
    if (size == 0) {
      const bool changed = co_await output_.next_or(sent_.when());
      if (!changed) co_return;
      continue;
    }
    write(output.substr(0, size));
    inner_.consume(size);
    sent_.went(size, since);
    // The rest is bounded, and how the peer is waited for is the session's closing.
    if (is_done_ && writer_.error()) co_return;
    if (is_done_) continue;
    const std::error_code ec = co_await writer_.drain();
    if (ec) co_return break_off(ec);
    sent_.was_idle(since, Clock::now());
  }
}

void Stage::end_input(const std::error_code& ec) noexcept {
  if (ec != streams::Error::end_of_stream) return break_off(ec);
  reader_.peer_has_ended() ? inner_.feed_eof() : inner_.end_input();
}

void Stage::break_off(const std::error_code& ec) noexcept {
  if (ec == std::errc::operation_canceled) return;
  inner_.fail(ec.category() == std::system_category() ? ec.value() : ECONNABORTED);
}

void Stage::hurry() noexcept {
  hurries_ = true;
  if (script_) script_->hurry();
  inner_.begin_end_of_input();
  wake_input();
  wake_output();
}

void Stage::abandon() noexcept {
  hurries_ = true;
  if (script_) script_->hurry();
  inner_.fail(ECONNABORTED);
  wake_input();
  wake_output();
}

}  // namespace server::serving
