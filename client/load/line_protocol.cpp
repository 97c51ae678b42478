// The line protocol of echolined, and whatever answers each line with lines. What ECHO says comes
// back behind a plus sign, and what a plan expects is known or held to a pattern; of other replies
// only the end is found.
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/load/churn.hpp"
#include "client/load/line_mix.hpp"
#include "client/load/messages.hpp"
#include "client/load/protocol.hpp"
#include "client/load/stamped_pipeline.hpp"

namespace client::load {
namespace {

constexpr std::string_view line_end = "\r\n";

class LineMessages final : public Messages {
 public:
  LineMessages(LineMix lines, const Plan& plan)
      : lines_(std::move(lines)),
        seed_(plan.seed),
        verify_(plan.verify),
        text_(lines_.max_size() + line_end.size(), '\0') {
    if (!plan.payload.reply_last.empty()) last_.emplace(plan.payload.reply_last);
    judges_text_ = last_ || lines_.has_patterns() || plan.payload.stamped;
    make_batches(text_.size());
  }

  std::string_view request(std::uint64_t connection, std::uint64_t sequence) override {
    return fill(lines_.of(connection, sequence).line, connection, sequence);
  }

  std::string_view reply(std::uint64_t connection, std::uint64_t sequence) override {
    const MixedLine& line = lines_.of(connection, sequence);
    return line.reply ? fill(*line.reply, connection, sequence) : std::string_view();
  }

  Batch requests(std::uint64_t connection, std::uint64_t sequence, std::uint64_t most) override {
    return batch(sequence, most, batch_size, [&](char* at, std::uint64_t number) noexcept {
      return write(at, lines_.of(connection, number).line, connection, number);
    });
  }

  Batch replies(std::uint64_t connection, std::uint64_t sequence, std::uint64_t most,
                std::size_t room) override {
    return batch(sequence, most, room, [&](char* at, std::uint64_t number) noexcept -> char* {
      const MixedLine& line = lines_.of(connection, number);
      return line.reply ? write(at, *line.reply, connection, number) : nullptr;
    });
  }

  replies::ReplyRule rule(std::uint64_t connection, std::uint64_t sequence) const override {
    const MixedLine& line = lines_.of(connection, sequence);
    replies::ReplyRule rule;
    if (last_) rule.last = &*last_;
    if (line.pattern && verify_) rule.text = &*line.pattern;
    rule.any_line_end = line.any_line_end;
    return rule;
  }

 private:
  char* write(char* at, const LineTemplate& line, std::uint64_t connection,
              std::uint64_t sequence) const noexcept {
    char* const end = line.write(at, connection, sequence, seed_);
    std::memcpy(end, line_end.data(), line_end.size());
    return end + line_end.size();
  }
  std::string_view fill(const LineTemplate& line, std::uint64_t connection,
                        std::uint64_t sequence) noexcept {
    const char* const end = write(text_.data(), line, connection, sequence);
    return {text_.data(), static_cast<std::size_t>(end - text_.data())};
  }

  LineMix lines_;
  std::optional<replies::Pattern> last_;
  std::uint64_t seed_;
  bool verify_;
  std::string text_;  // room for the longest
};

/// ECHO, or STAMP, with `size` bytes that are drawn for connection and sequence: from 11 on, none
/// is repeated.
PlannedLine default_line(const Plan& plan) {
  return PlannedLine((plan.payload.stamped ? "STAMP {random:" : "ECHO {random:") +
                     std::to_string(plan.payload.max_size) + '}');
}

std::unique_ptr<Messages> make_line_messages(const Plan& plan) {
  std::vector<PlannedLine> lines = plan.payload.lines;
  if (lines.empty()) lines.push_back(default_line(plan));
  return std::make_unique<LineMessages>(LineMix(lines, plan.seed), plan);
}

std::unique_ptr<LoadConnection> make_line_connection(ThreadContext& context, std::uint64_t number) {
  if (context.plan.payload.stamped) return std::make_unique<StampedPipeline>(context, number);
  return make_request_connection(context, number);
}

}  // namespace

constinit const Protocol line_protocol{
    .name = "line",
    .has_lines = true,
    .make_messages = make_line_messages,
    .make_connection = make_line_connection,
};

}  // namespace client::load
