#include "client/load/request_pipeline.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "streams/buffer_pool.hpp"

namespace client::load {
namespace {

constexpr std::size_t shown = 32;  // bytes of a mismatch

std::string first_of(std::string_view bytes) { return std::string(bytes.substr(0, shown)); }

/// For a message of one line.
std::string_view first_line_of(std::string_view text) noexcept {
  return text.substr(0, std::min(text.find('\n'), std::size_t{80}));
}

}  // namespace

RequestPipeline::RequestPipeline(ThreadContext& context, std::uint64_t number)
    : LoadConnection(context, number),
      pipeline_(context.plan.pipeline),
      open_loop_(context.plan.open_loop()) {
  if (context.messages.judges_text()) text_ = std::make_unique<replies::TextReply>();
}

void RequestPipeline::start() {
  if (connection_ != nullptr) send_more(Clock::now());
}

void RequestPipeline::take(Time when, Time now) {
  send(when, now);
  if (has_room()) context_.dispatcher.stand_by(*this, false);
}

void RequestPipeline::check_time(Time now) {
  if (in_flight() == 0 || connection_ == nullptr) return;
  if (now - bursts_.front().sent > context_.plan.reply_timeout) break_off(ErrorKind::timeout);
}

streams::Task<std::error_code> RequestPipeline::serve() {
  send_more(Clock::now());
  streams::StreamReader& reader = connection_->reader();
  for (;;) {
    const streams::Chunk chunk = co_await reader.read(streams::BufferPool::block_size);
    if (!chunk) co_return chunk.ec;
    if (!on_received(chunk.data)) co_return streams::no_error();
  }
}

std::uint64_t RequestPipeline::fail_in_flight(ErrorKind kind, const std::string& words, Time now) {
  const std::uint64_t unanswered = in_flight();
  const bool sweep = kind == ErrorKind::timeout && !context_.ending;
  for (; !bursts_.empty(); shrink_first(1)) {
    const Burst& burst = bursts_.front();
    // One that has its time left goes with the connection that another one takes along.
    const bool waited = !sweep || now - burst.sent > context_.plan.reply_timeout;
    context_.tally.failed(waited ? kind : ErrorKind::abandoned, burst.due, burst.sent, now, target_,
                          words);
  }
  received_ = 0;
  first_at_ = {};
  line_ = {};
  if (text_ != nullptr) text_->reset();
  answered_ = sent_;
  return unanswered;
}

void RequestPipeline::send(Time when, Time now) {
  write(context_.messages.request(number_, sent_++));
  bursts_.push({when, now, 1});
  context_.tally.sent(when, now);
}

void RequestPipeline::send_more(Time now) {
  if (open_loop_) return send_due(now);
  const std::uint64_t room = std::min(pipeline_ - in_flight(), end_ - sent_);
  const std::uint64_t requests = context_.progress.take(room);
  if (requests == 0) return;
  bursts_.push({now, now, requests});
  context_.tally.offered(now, requests);
  context_.tally.sent(now, now);
  for (const std::uint64_t end = sent_ + requests; sent_ != end;) {
    Messages::Batch batch;
    const bool in_batch = faulty_ == nullptr && end - sent_ > 1;  // faults want each by itself
    if (in_batch) batch = context_.messages.requests(number_, sent_, end - sent_);
    if (batch.count == 0) batch = {1, context_.messages.request(number_, sent_)};
    sent_ += batch.count;
    write(batch.bytes);
  }
}

void RequestPipeline::send_due(Time now) {
  while (has_room()) {
    const Time when = context_.dispatcher.next_for(*this);
    if (when == Time::max()) return context_.dispatcher.stand_by(*this, in_flight() == 0);
    send(when, now);
  }
}

bool RequestPipeline::on_received(std::string_view data) {
  // One reading of the clock for all that has come at once.
  const Time now = Clock::now();
  if (first_at_ == Time{}) [[likely]]
    return take_replies(data, now);
  const Burst burst = bursts_.front();
  const std::uint64_t awaited = answered_;
  const Time first_at = std::exchange(first_at_, Time{});
  const bool goes_on = take_replies(data, now);
  if (answered_ == awaited) {
    first_at_ = first_at;
  } else {
    context_.tally.answered_in_pieces(burst.due, burst.sent, first_at, now);
  }
  return goes_on;
}

bool RequestPipeline::take_replies(std::string_view data, Time now) {
  while (!data.empty()) {
    if (in_flight() == 0) {
      report_surplus(data);
      return false;
    }
    std::size_t taken = pipeline_ == 1 ? 0 : take_whole(data, now);
    if (taken == 0) {
      const std::string_view expected = context_.messages.reply(number_, answered_);
      taken = expected.empty() ? take_line(data, now) : take_known(expected, data, now);
    }
    if (taken == 0) return false;
    data.remove_prefix(taken);
  }
  count_right(now);
  send_more(now);
  if (open_loop_ && context_.pacing != nullptr) context_.pacing->look(now);
  return true;
}

// The usual case of a pipeline. Where one of them is wrong, they are taken one by one.
std::size_t RequestPipeline::take_whole(std::string_view data, Time now) {
  const std::uint64_t most = bursts_.front().size - right_;
  if (most < 2 || received_ != 0) return 0;
  const auto [count, expected] = context_.messages.replies(number_, answered_, most, data.size());
  if (count == 0) return 0;
  const bool verify = context_.plan.verify;
  if (verify && std::memcmp(expected.data(), data.data(), expected.size()) != 0) return 0;
  answered(now, count);
  return expected.size();
}

std::size_t RequestPipeline::take_known(std::string_view expected, std::string_view data,
                                        Time now) {
  const std::string_view awaited = expected.substr(received_);
  const std::size_t size = std::min(awaited.size(), data.size());
  if (context_.plan.verify && std::memcmp(awaited.data(), data.data(), size) != 0) {
    const auto [differs, other] =
        std::mismatch(awaited.begin(), awaited.end(), data.begin(), data.end());
    const auto at = static_cast<std::size_t>(differs - awaited.begin());
    if (awaited.substr(at) == "\r\n" && *other == '\n' &&
        context_.messages.rule(number_, answered_).any_line_end) {
      answered(now);
      return at + 1;
    }
    report_mismatch(awaited, data, at, now);
    return 0;
  }
  received_ += size;
  if (received_ == expected.size()) {
    answered(now);
  } else {
    first_at_ = now;
  }
  return size;
}

std::size_t RequestPipeline::take_line(std::string_view data, Time now) {
  if (text_ != nullptr) return take_text(data, now);
  const std::size_t size = line_.take(data);
  if (!line_.is_complete()) {
    // It is taken line by line: the rest may be in the same data.
    if (size == data.size()) first_at_ = now;
    return size;
  }
  if (line_.is_error()) {
    answered_with_error(line_.text(), now);
  } else {
    answered(now);
  }
  return size;
}

std::size_t RequestPipeline::take_text(std::string_view data, Time now) {
  const replies::ReplyRule rule = context_.messages.rule(number_, answered_);
  const std::size_t size = text_->take(rule, data);
  if (text_->is_too_long()) {
    // Its end may never come.
    report_wrong_text(rule, now);
    break_off(ErrorKind::mismatch);
    return 0;
  }
  if (!text_->is_complete()) {
    // As above.
    if (size == data.size()) first_at_ = now;
    return size;
  }
  if (text_->is_right(rule)) {
    answered(now);
  } else if (rule.text != nullptr) {
    report_wrong_text(rule, now);
  } else {
    answered_with_error(first_line_of(text_->text()), now);
  }
  return size;
}

void RequestPipeline::shrink_first(std::uint64_t requests) noexcept {
  if ((bursts_.front().size -= requests) == 0) bursts_.pop();
}

void RequestPipeline::answered(Time now, std::uint64_t requests) {
  answered_ += requests;
  received_ = 0;
  right_ += requests;
  if (right_ == bursts_.front().size) count_right(now);
}

void RequestPipeline::count_right(Time now) {
  if (right_ == 0) return;
  const Burst burst = bursts_.front();
  const std::uint64_t requests = std::exchange(right_, 0);
  shrink_first(requests);
  was_useful_ = true;
  context_.tally.answered(burst.due, burst.sent, now, target_, requests);
  context_.progress.end(requests);
}

/// The request whose reply is awaited, as a burst of its own.
RequestPipeline::Burst RequestPipeline::pop_in_flight(Time now) {
  count_right(now);
  Burst request = bursts_.front();
  request.size = 1;
  shrink_first(1);
  ++answered_;
  received_ = 0;
  return request;
}

void RequestPipeline::answered_with_error(std::string_view words, Time now) {
  const Burst request = pop_in_flight(now);
  was_useful_ = true;
  context_.tally.failed(ErrorKind::other, request.due, request.sent, now, target_,
                        "the service answered " + std::string(words));
  context_.progress.end();
}

// The connection goes on: where the reply ends is known.
void RequestPipeline::report_wrong_text(const replies::ReplyRule& rule, Time now) {
  Mismatch mismatch;
  mismatch.connection = number_;
  mismatch.sequence = answered_;
  mismatch.pattern = rule.text->expression();
  mismatch.got = first_of(text_->text());
  const Burst request = pop_in_flight(now);
  was_useful_ = true;
  context_.tally.failed(ErrorKind::mismatch, request.due, request.sent, now, target_);
  context_.tally.note(std::move(mismatch));
  context_.check_protocol();
  context_.progress.end();
}

void RequestPipeline::report_mismatch(std::string_view expected, std::string_view got,
                                      std::size_t at, Time now) {
  Mismatch mismatch;
  mismatch.connection = number_;
  mismatch.sequence = answered_;
  mismatch.offset = received_ + at;
  mismatch.expected = first_of(expected.substr(at));
  mismatch.got = first_of(got.substr(at));
  if (received_ == 0) mismatch.got_sequence = context_.messages.sequence_of(number_, got);
  const Burst request = pop_in_flight(now);
  fail_mismatch(std::move(mismatch), request.due, request.sent, now);
  context_.progress.end();
}

void RequestPipeline::report_surplus(std::string_view got) {
  Mismatch mismatch;
  mismatch.connection = number_;
  mismatch.sequence = answered_;
  mismatch.got = first_of(got);
  mismatch.got_sequence = context_.messages.sequence_of(number_, got);
  context_.tally.failed_beside(ErrorKind::mismatch);
  context_.tally.note(std::move(mismatch));
  context_.check_protocol();
  break_off(ErrorKind::mismatch);
}

}  // namespace client::load
