#include "client/load/stamped_pipeline.hpp"

#include <string>
#include <utility>

#include "client/replies/text_reply.hpp"
#include "client/stamp.hpp"
#include "streams/text/line.hpp"

namespace client::load {
namespace {

constexpr std::size_t most_shown = 80;  // bytes of a reply that is wrong

}  // namespace

std::size_t StampedPipeline::take_text(std::string_view data, Time now) {
  const std::size_t size = text_->take({}, data);
  // Whose end may never come.
  const bool too_long = text_->text().size() >= replies::TextReply::max_size;
  if (!text_->is_complete() && !too_long) {
    // It is taken line by line: the rest may be in the same data.
    if (size == data.size()) first_at_ = now;
    return size;
  }
  if (too_long) {
    // Where the next one begins is not known.
    report_wrong(text_->text(), "", tag(), now);
    return 0;
  }
  return judge(text_->text(), now) ? size : 0;
}

std::string_view StampedPipeline::tag() const {
  const std::string_view request = text::without_end(context_.messages.request(number_, answered_));
  return request.substr(request.find(' ') + 1);
}

/// False when the connection was broken off.
bool StampedPipeline::judge(std::string_view reply, Time now) {
  if (reply.starts_with('-')) {
    answered_with_error(reply.substr(0, most_shown), now);
    return true;
  }
  const auto stamp = read_stamp(reply);
  if (!stamp || stamp->text != tag()) {
    report_wrong(reply, stamp ? stamp->text : "", tag(), now);
    return false;
  }
  // Before it is counted: the burst may be over with it.
  const auto [due, sent, size] = bursts_.front();
  answered(now);
  context_.tally.stamped(due, sent, now, stamp->in_server());
  return true;
}

/// `text` is what it has behind its numbers, if it has them.
void StampedPipeline::report_wrong(std::string_view reply, std::string_view text,
                                   std::string_view tag, Time now) {
  Mismatch mismatch;
  mismatch.connection = number_;
  mismatch.sequence = answered_;
  if (text.empty()) {
    mismatch.pattern = R"(^\+[0-9]+ [0-9]+ )" + std::string(tag.substr(0, most_shown)) + '$';
    mismatch.got = std::string(reply.substr(0, most_shown));
  } else {
    mismatch.offset = reply.size() - text.size();
    mismatch.expected = std::string(tag.substr(0, most_shown));
    mismatch.got = std::string(text.substr(0, most_shown));
  }
  const Burst request = pop_in_flight(now);
  fail_mismatch(std::move(mismatch), request.due, request.sent, now);
  context_.progress.end();
}

}  // namespace client::load
