// The commands of faults with a Script behind them, as a stage has it: what a client gets of what
// it asks for.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/protocols/fault_commands.hpp"
#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/faults/script.hpp"
#include "tests/catch.hpp"
#include "tests/server/protocols/arrival.hpp"
#include "tests/streams/socket_pair.hpp"

using namespace std::chrono_literals;
using faults::Then;
using server::protocols::Context;
using server::protocols::FaultControl;
using server::protocols::LineCommands;

namespace {

class Served final : private FaultControl {
 public:
  Served() : connection_(loop_, tests::unix_pair().ours, {}) { script_.expect_marks(); }

  /// Lines that arrive together.
  void ask(std::initializer_list<std::string_view> lines) {
    for (const std::string_view line : lines) {
      for (const std::string_view part : commands_.execute(line).parts) {
        unsent_ += part;
        written_ += part.size();
      }
      script_.reply_ends(written_);
      ++replies_;
    }
  }

  struct Sent {
    std::string bytes;
    Then then;
    faults::Duration wait;
  };
  /// What goes out now, and what is next.
  Sent sent() {
    std::string bytes;
    for (;;) {
      const std::uint64_t position = script_.output().position();
      if (position == clear_at_) end_faults();
      const std::string_view seen = std::string_view(unsent_).substr(0, clear_at_ - position);
      const faults::Step step = script_.output().next(seen, false, now_);
      bytes += step.bytes;
      unsent_.erase(0, step.take);
      const bool for_ever = step.then == Then::wait && step.wait == faults::no_end;
      if (clear_at_ != never && (for_ever || script_.output().position() == clear_at_)) {
        end_faults();
      } else if (step.then != Then::go_on) {
        return {std::move(bytes), step.then, step.wait};
      }
    }
  }
  void pass(faults::Duration time) { now_ += time; }

 private:
  std::string_view add(const faults::Fault& fault, std::size_t behind) override {
    faults::Here from = script_.here();
    from.output = written_ + behind;
    from.reply = replies_ + 1;
    return script_.add(fault, from, now_) ? std::string_view{} : "no more";
  }
  std::vector<std::string> show() const override {
    return script_.show({.output = written_, .reply = replies_});
  }
  void clear() override { clear_at_ = std::min(clear_at_, written_); }
  void end_faults() {
    script_.clear();
    clear_at_ = never;
  }

  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  faults::Time now_{};
  faults::Script script_{{}, {}, now_};
  std::string unsent_;
  std::uint64_t written_ = 0;
  std::uint64_t clear_at_ = never;
  std::uint64_t replies_ = 0;
  server::insight::Registry stats_;
  streams::EventLoop loop_;
  streams::Connection connection_;
  const Context context_{
      .version = "0.1.0", .options = {}, .stats = stats_, .now = nullptr, .faults = this};
  tests::Arrival arrival_;
  server::protocols::Caller caller_{connection_.writer(), arrival_};
  LineCommands commands_{context_, caller_};
};

}  // namespace

TEST_CASE("what was asked for before SLEEP is not held up, what is behind it is") {
  Served served;
  served.ask({"PING", "SLEEP 200ms", "PING after"});
  const auto first = served.sent();
  CHECK(first.bytes == "+PONG\r\n");
  CHECK(first.then == Then::wait);
  CHECK(first.wait == 200ms);
  served.pass(200ms);
  CHECK(served.sent().bytes == "+OK\r\n+after\r\n");
}

TEST_CASE("two SLEEPs in a row take the time of both") {
  Served served;
  served.ask({"SLEEP 10ms", "SLEEP 20ms"});
  CHECK(served.sent().wait == 10ms);
  served.pass(10ms);
  const auto then = served.sent();
  CHECK(then.bytes == "+OK\r\n");
  CHECK(then.wait == 20ms);
}

TEST_CASE("FILL is a line of that many bytes") {
  Served served;
  served.ask({"PING", "FILL 100KiB", "PING"});
  const std::string bytes = served.sent().bytes;
  CHECK(bytes.size() == 7 + 1 + 100 * 1024 + 2 + 7);
  CHECK(bytes.substr(0, 8) == "+PONG\r\n+");
  CHECK(bytes.find('\n', 7) == 7 + 1 + 100 * 1024 + 1);
  CHECK(bytes.ends_with("\r\n+PONG\r\n"));
}

TEST_CASE("DRIP is a line whose bytes come one at a time") {
  Served served;
  served.ask({"DRIP 3 10ms", "PING"});
  std::vector<std::string> pieces;
  for (int i = 0; i < 3; ++i) {
    pieces.push_back(served.sent().bytes);
    served.pass(10ms);
  }
  CHECK(pieces == std::vector<std::string>{"+0", "1", "2\r\n+PONG\r\n"});
}

TEST_CASE("RESET and CLOSE end the connection behind their reply") {
  for (const auto& [command, then] : {std::pair{"RESET", Then::reset}, {"CLOSE", Then::fin}}) {
    Served served;
    served.ask({"PING", command, "PING"});
    const auto sent = served.sent();
    CHECK(sent.bytes == "+PONG\r\n+OK\r\n");
    CHECK(sent.then == then);
  }
}

TEST_CASE("bytes and lines of a FAULT count from behind its reply") {
  Served served;
  served.ask({"PING", "FAULT fin at byte 10", "PING", "PING"});
  CHECK(served.sent().bytes == "+PONG\r\n+OK\r\n+PONG\r\n+PO");
  Served other;
  other.ask({"PING", "FAULT swallow-reply after line 2", "PING a", "PING b", "PING c"});
  CHECK(other.sent().bytes == "+PONG\r\n+OK\r\n+a\r\n+c\r\n");
}

TEST_CASE("FAULT SHOW has what is in force, and nothing is behind FAULT OFF") {
  Served served;
  served.ask({"FAULT swallow-reply after line 9", "FAULT SHOW"});
  CHECK(served.sent().bytes == "+OK\r\n*1\r\n+swallow-reply after line 9\r\n");
  served.ask({"FAULT OFF"});
  CHECK(served.sent().bytes == "+OK\r\n");
  served.ask({"FAULT SHOW"});
  CHECK(served.sent().bytes == "*0\r\n");
}

TEST_CASE("FAULT OFF ends nothing before its place, however the lines have come") {
  const std::string_view lines[] = {"FAULT answer \"no\" every line", "PING", "FAULT OFF", "PING"};
  Served together;
  together.ask({lines[0], lines[1], lines[2], lines[3]});
  CHECK(together.sent().bytes == "+OK\r\nno\r\n+OK\r\n+PONG\r\n");
  Served apart;
  std::string bytes;
  for (const std::string_view line : lines) {
    apart.ask({line});
    bytes += apart.sent().bytes;
  }
  CHECK(bytes == "+OK\r\nno\r\n+OK\r\n+PONG\r\n");
}

TEST_CASE("FAULT OFF ends a stall for ever") {
  Served served;
  served.ask({"FAULT stall forever at byte 3", "PING"});
  CHECK(served.sent().bytes == "+OK\r\n+PO");
  served.ask({"FAULT OFF"});
  CHECK(served.sent().bytes == "NG\r\n+OK\r\n");
}
