// A connection on its way through a Script, without a network: a peer that sends an input, both
// pumps, and a protocol that answers each line with "+" and the line. How the bytes are cut, who
// runs when and how the protocol writes is drawn; the clock stands still until nobody can go on.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "streams/faults/script.hpp"
#include "streams/text/escape.hpp"

namespace tests {

/// What came of it, as text: `<half-close>` and `<urgent X>` stand in what was sent where they
/// were.
struct Outcome {
  std::string fed;   ///< to the protocol
  std::string sent;  ///< to the peer
  std::string end;   ///< end, fin, reset or stuck
  std::string met;
  faults::Duration lasted{};
  std::vector<std::string> sends;
  std::size_t most_held = 0;
};

inline std::string described(const Outcome& outcome) {
  return text::escaped(outcome.fed, {.named = true}) + "\n" +
         text::escaped(outcome.sent, {.named = true}) + "\n" + outcome.end + "\n" + outcome.met;
}

class Pumped {
 public:
  using Random = std::mt19937;

  Pumped(const faults::Plan& plan, const faults::Identity& who, std::string_view input,
         unsigned cuts, bool answers = true)
      : script_(plan, who, began), input_(input), random_(cuts), answers_(answers) {
    script_.expect_marks();
  }

  faults::Script& script() noexcept { return script_; }
  /// Whether a piece is the whole of what there is.
  void do_not_cut() noexcept { is_whole_ = true; }

  const Outcome& run() {
    while (outcome_.end.empty()) turn();
    outcome_.met = script_.met();
    outcome_.lasted = now_ - began;
    return outcome_;
  }

 private:
  static constexpr faults::Time began{};

  std::size_t some(std::size_t most) {
    return is_whole_ ? most : std::uniform_int_distribution<std::size_t>(0, most)(random_);
  }
  bool chance(unsigned of) { return is_whole_ || random_() % of == 0; }

  void turn() {
    wait_ = faults::no_end;
    is_blocked_ = true;
    arrive();
    if (chance(2)) pump_in();
    if (outcome_.end.empty() && chance(2)) pump_out(is_whole_);
    if (!is_blocked_ || !outcome_.end.empty()) return;
    // Whoever did not have a turn has one before anybody is found stuck.
    arrived_ = input_.size();
    pump_in();
    if (outcome_.end.empty()) pump_out(true);
    if (!is_blocked_ || !outcome_.end.empty()) return;
    if (wait_ == faults::no_end) {
      outcome_.end = "stuck";
    } else {
      now_ += wait_;
    }
  }

  void arrive() {
    if (arrived_ == input_.size() || (reads_at_ && now_ < *reads_at_)) return;
    arrived_ += some(std::min<std::size_t>(input_.size() - arrived_, 40));
  }

  void see(const faults::Step& step) {
    const bool waits = step.then == faults::Then::more || step.then == faults::Then::wait ||
                       step.then == faults::Then::stop_reading;
    if (step.take != 0 || !step.bytes.empty() || !waits) is_blocked_ = false;
    if (waits) wait_ = std::min(wait_, step.wait);
    outcome_.most_held =
        std::max({outcome_.most_held, script_.input().held(), script_.output().held()});
  }

  void pump_in() {
    if (input_over_) return;
    const bool at_end = arrived_ == input_.size();
    const std::string_view available = std::string_view(input_).substr(taken_, arrived_ - taken_);
    const faults::Step step = script_.input().next(available, at_end, now_);
    see(step);
    outcome_.fed += step.bytes;
    unread_ += step.bytes;
    taken_ += step.take;
    reads_at_.reset();
    if (step.then == faults::Then::stop_reading && step.wait != faults::no_end) {
      reads_at_ = now_ + step.wait;
    }
    if (step.then == faults::Then::end) input_over_ = true;
    if (step.then == faults::Then::fin) outcome_.end = "fin";
    if (step.then == faults::Then::reset) outcome_.end = "reset";
    answer(false);
  }

  void answer(bool at_once) {
    if (!answers_) {
      unread_.clear();
      if (input_over_) returned_ = true;
      return;
    }
    for (;;) {
      if (!second_half_.empty()) {
        if (!at_once && !chance(2)) return;
        write(second_half_);
        second_half_.clear();
        script_.reply_ends(written_total_);
      }
      const std::size_t end = unread_.find('\n');
      if (end == unread_.npos) break;
      const std::string reply = "+" + unread_.substr(0, end) + "\r\n";
      unread_.erase(0, end + 1);
      const std::size_t half = some(reply.size());
      write(reply.substr(0, half));
      second_half_ = reply.substr(half);
      if (second_half_.empty()) script_.reply_ends(written_total_);
    }
    if (input_over_) returned_ = true;
  }

  void write(std::string_view bytes) {
    written_ += bytes;
    written_total_ += bytes.size();
    if (!bytes.empty()) is_blocked_ = false;
  }

  void pump_out(bool looks_at_all) {
    answer(looks_at_all);
    const std::size_t seen =
        looks_at_all ? written_.size() : some(std::min<std::size_t>(written_.size(), 40));
    const bool is_all = seen == written_.size();
    // A mark for bytes that the pump has not looked at yet is no more than early.
    const faults::Step step = script_.output().next(std::string_view(written_).substr(0, seen),
                                                    returned_ && is_all, now_);
    see(step);
    if (step.then == faults::Then::urgent) {
      outcome_.sent += "<urgent " + std::string(step.bytes) + ">";
    } else {
      outcome_.sent += step.bytes;
      if (!step.bytes.empty()) outcome_.sends.emplace_back(step.bytes);
    }
    written_.erase(0, step.take);
    if (step.then == faults::Then::half_close) outcome_.sent += "<half-close>";
    if (step.then == faults::Then::end) outcome_.end = "end";
    if (step.then == faults::Then::fin) outcome_.end = "fin";
    if (step.then == faults::Then::reset) outcome_.end = "reset";
  }

  faults::Script script_;
  std::string input_;
  Random random_;
  bool answers_;
  bool is_whole_ = false;
  faults::Time now_ = began;
  faults::Duration wait_ = faults::no_end;
  bool is_blocked_ = false;

  std::size_t arrived_ = 0;
  std::size_t taken_ = 0;
  std::optional<faults::Time> reads_at_;
  bool input_over_ = false;
  bool returned_ = false;
  std::string unread_;       // by the protocol
  std::string second_half_;  // of a reply
  std::string written_;
  std::uint64_t written_total_ = 0;
  Outcome outcome_;
};

inline faults::Plan plan_of(const std::vector<std::string>& texts) {
  faults::ParsedPlan parsed = faults::parse_plan(texts);
  if (!parsed) throw std::runtime_error(parsed.error);
  return parsed.plan;
}

}  // namespace tests
