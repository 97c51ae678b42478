// Whatever is written for a plan of faults, and whatever passes under it: what is read is written
// in a form that is read as the same; a Flow takes no more than there is, goes on, holds no more
// than it may; and what comes out does not depend on the cuts. The input's first byte chooses the
// cuts, the lines up to an empty one are the plan, the rest is what passes.
#include <algorithm>
#include <string>
#include <string_view>

#include "streams/faults/grammar.hpp"
#include "streams/faults/script.hpp"
#include "tests/fuzz/cuts.hpp"
#include "tests/fuzz/verdict.hpp"

namespace {

using tests::found;

constexpr std::size_t max_held = 64 * 1024 + faults::max_text;
/// Of one run; what inserts a GiB is left before its end.
constexpr int max_steps = 1000;
constexpr std::size_t max_bytes = 2 * max_held;
/// A time after which all waits of the plan that end are over.
constexpr int max_waits = 700;

struct Outcome {
  std::string bytes;
  faults::Then end = faults::Then::more;
  std::string met;
  bool is_whole = true;  // it came to its end within the steps
};

/// One stream and its pump.
class Pump {
 public:
  Pump(const faults::Plan& plan, bool is_input)
      : script_(plan, {.seed = 1, .connection = 6, .of_source = 1}, {}),
        flow_(is_input ? script_.input() : script_.output()),
        is_input_(is_input) {
    script_.expect_marks();
  }

  /// What passes when it comes in `pieces`; each line feed is the end of a reply.
  Outcome run(const std::vector<std::string_view>& pieces) {
    for (const std::string_view piece : pieces) {
      mark(piece);
      available_ += piece;
      if (!pump(false)) break;
    }
    if (outcome_.is_whole && !is_over_) pump(true);
    outcome_.met = script_.met();
    return outcome_;
  }

 private:
  void mark(std::string_view piece) {
    for (const char c : piece) {
      ++written_;
      if (c == '\n' && !is_input_) script_.reply_ends(written_);
    }
  }

  /// Until it wants more; false if it wants no more.
  bool pump(bool at_end) {
    while (!is_over_) {
      if (++steps_ > max_steps || outcome_.bytes.size() > max_bytes) {
        outcome_.is_whole = false;
        return false;
      }
      const faults::Step step = flow_.next(available_, at_end, now_);
      if (step.take > available_.size()) found("it takes more than there is");
      if (flow_.held() > max_held) found("it holds too much");
      outcome_.bytes += step.bytes;
      available_.erase(0, step.take);
      if (!carry_out(step)) return !is_over_;
    }
    return false;
  }

  bool carry_out(const faults::Step& step) {
    using enum faults::Then;
    const bool moves = step.take != 0 || !step.bytes.empty();
    switch (step.then) {
      case go_on:
        if (!moves && ++idle_ > faults::Plan::max_faults) found("it goes on without an end");
        if (moves) idle_ = 0;
        return true;
      case urgent: return true;
      case half_close: outcome_.bytes += "<half-close>"; return true;
      case more:
        if (moves) found("more to come, and bytes");
        return false;
      case wait:
      case stop_reading:
        if (step.wait <= faults::Duration{}) found("a wait of nothing");
        if (step.wait == faults::no_end || ++waits_ > max_waits) {
          is_over_ = true;
          outcome_.is_whole = step.wait == faults::no_end;
          outcome_.end = step.then;
          return false;
        }
        now_ += step.wait;
        return true;
      case end:
      case fin:
      case reset: outcome_.end = step.then; is_over_ = true;
    }
    return false;
  }

  faults::Script script_;
  faults::Flow& flow_;
  bool is_input_;
  Outcome outcome_;
  std::string available_;
  std::uint64_t written_ = 0;
  faults::Time now_{};
  int steps_ = 0;
  int waits_ = 0;
  std::size_t idle_ = 0;
  bool is_over_ = false;
};

/// The plan of the lines that are faults; each is checked. What is placed by time depends on it,
/// and is left out, as is what holds bytes back for a time.
faults::Plan plan_of(std::string_view& input) {
  faults::Plan plan;
  while (!input.empty()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(line.size() + 1, input.size()));
    if (line.empty()) break;
    const faults::ParsedFault parsed = faults::parse(line);
    if (!parsed) {
      if (parsed.wrong.column == 0 || parsed.wrong.column > line.size() + 1) {
        found("a column that is not there", parsed.wrong.what);
      }
      continue;
    }
    const std::string written = faults::to_text(parsed.fault);
    const faults::ParsedFault again = faults::parse(written);
    const bool is_longer = written.size() > faults::max_text;
    if (!is_longer && (!again || again.fault != parsed.fault)) found("read as another", written);
    const bool is_timed = parsed.fault.place.kind == faults::Place::Kind::time;
    if (!is_timed && plan.faults.size() < faults::Plan::max_faults) {
      plan.faults.push_back(parsed.fault);
    }
  }
  return plan;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view input = tests::text_of(data + 1, size - 1);
  if (const auto file = faults::parse_plan(input); !file && !file.error.starts_with("line ")) {
    found("an error without its place", file.error);
  }
  const faults::Plan plan = plan_of(input);
  for (const bool is_input : {false, true}) {
    const Outcome whole = Pump(plan, is_input).run({input});
    const Outcome cut = Pump(plan, is_input).run(tests::cut(input, data[0]));
    if (!whole.is_whole || !cut.is_whole) {
      if (!whole.bytes.starts_with(cut.bytes) && !cut.bytes.starts_with(whole.bytes)) {
        found("a cut makes a difference, before the end", text::escaped(input));
      }
      continue;
    }
    if (whole.bytes != cut.bytes || whole.end != cut.end || whole.met != cut.met) {
      found("a cut makes a difference", text::escaped(whole.bytes) + "\n" + whole.met + "\n" +
                                            text::escaped(cut.bytes) + "\n" + cut.met);
    }
  }
  return 0;
}
