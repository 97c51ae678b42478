// Faults that come and go while the connection lives, and a server that does not wait for them.
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "streams/faults/grammar.hpp"
#include "streams/faults/script.hpp"
#include "tests/catch.hpp"
#include "tests/streams/faults/passed.hpp"
#include "tests/streams/faults/pumped.hpp"

using namespace std::chrono_literals;
using faults::Script;
using faults::Step;
using faults::Then;
using faults::Time;
using tests::fault;
using tests::pass;
using tests::Passed;
using tests::start;

TEST_CASE("a fault that is added counts from where it is added") {
  Script script({}, {}, start);
  CHECK(pass(script.output(), "12345").bytes == "12345");
  // The protocol has written two bytes that the pump has not seen.
  faults::Here here = script.here();
  here.output += 2;
  CHECK(script.add(fault("insert 1 at byte 1"), here, start));
  CHECK(script.add(fault("urgent every 4"), here, start));
  const Passed passed = pass(script.output(), "abcdefgh");
  CHECK(passed.bytes == "abc0def!");
  CHECK(passed.last.then == Then::urgent);
  CHECK(script.met() == "insert@output:8 urgent@output:11");
}

TEST_CASE("what is drawn for a client's fault does not depend on an administrator's") {
  using By = Script::By;
  std::string met;
  for (const bool is_administered : {false, true}) {
    Script script({}, {7, 1, 1}, start);
    if (is_administered) CHECK(script.add(fault("urgent at byte 0"), {}, start, By::admin));
    CHECK(script.add(fault("corrupt every 1 with 50%"), {}, start, By::client));
    std::string_view bytes = "0123456789abcdef";
    for (Step step; step.then != Then::more; bytes.remove_prefix(step.take)) {
      step = script.output().next(bytes, false, start);
    }
    if (!is_administered) {
      met = script.met();
      CHECK(met != "");
    } else {
      CHECK(script.met() == "urgent@output:0 " + met);
      CHECK(script.show(script.here()) == std::vector<std::string>{"corrupt every 1B with 50%"});
    }
  }
}

TEST_CASE("a fault that is added at a place that has passed happens at once") {
  Script script({}, {}, start);
  pass(script.output(), "12345");
  script.add(fault("fin at byte 3"), {}, start);
  CHECK(pass(script.output(), "6").last.then == Then::fin);
  CHECK(script.met() == "fin@output:5");
}

TEST_CASE("lines, replies and time of a fault that is added count from there, too") {
  Script script({}, {}, start);
  script.expect_marks();
  pass(script.input(), "one\ntwo\nthr");
  script.reply_ends(3);
  pass(script.output(), "+1\n+2\n");
  script.reply_ends(6);
  pass(script.output(), "");
  script.add(fault("swallow-reply after line 1"), script.here(), start);
  script.add(fault("stop-reading after line 1"), script.here(), start);
  script.add(fault("stall 1s after 2s of input"), script.here(), start + 1s);
  CHECK(pass(script.output(), "+3\n").bytes.empty());
  const Passed passed = pass(script.input(), "ee\nfour\n");
  CHECK(passed.bytes == "ee\n");
  CHECK(passed.last.then == Then::stop_reading);
  CHECK(passed.last.wait == 3s);
  CHECK(pass(script.input(), "four\n", false, start + 3s).last.then == Then::wait);
  CHECK(script.met() == "stop-reading@line:3 swallow-reply@reply:3 stall@time:2s");
}

TEST_CASE("clearing lets go what was held back, in its order, and ends every wait") {
  Script script(
      tests::plan_of({"coalesce 100", "reorder-reply after line 1", "stall forever at byte 9"}), {},
      start);
  script.expect_marks();
  script.reply_ends(3);
  CHECK(pass(script.output(), "+1\n+2").bytes.empty());
  script.clear();
  CHECK(pass(script.output(), "\n").bytes == "+2+1\n\n");
  Script stalled(tests::plan_of({"stall forever at byte 1"}), {}, start);
  CHECK(pass(stalled.output(), "ab").last.then == Then::wait);
  stalled.clear();
  CHECK(pass(stalled.output(), "b").bytes == "b");
}

TEST_CASE("hurried, nothing waits: what there is goes out, and then the end") {
  Script script(tests::plan_of({"stall forever at byte 1", "rate 1/s at byte 1", "slow-close 24h",
                                "delay 24h every 3", "coalesce 1000 at byte 4", "ignore-fin"}),
                {}, start);
  const Passed before = pass(script.output(), "abcdefgh", true);
  CHECK(before.bytes == "a");
  CHECK(before.last.wait == faults::no_end);
  CHECK(pass(script.input(), "", true).last.then == Then::more);
  script.hurry();
  const Passed after = pass(script.output(), "bcdefgh", true);
  CHECK(after.bytes == "bcdefgh");
  CHECK(after.last.then == Then::end);
  CHECK(pass(script.input(), "", true).last.then == Then::end);
}

TEST_CASE("faults wait no longer in all, and put no more in, than their bounds") {
  const faults::Bounds bounds{.time = 3s, .bytes = 10};
  Script script(tests::plan_of({"stall 2s every 2", "insert 4 every 3", "duplicate 4 at byte 8"}),
                {}, start, bounds);
  std::string bytes;
  std::string_view available = "abcdefghijkl";
  Time now = start;
  while (!available.empty()) {
    const Step step = script.output().next(available, false, now);
    bytes += step.bytes;
    available.remove_prefix(step.take);
    if (step.then == Then::wait) now += step.wait;
  }
  CHECK(now == start + 3s);
  CHECK(bytes == "abc0123def0123ghijijkl");
  CHECK(script.met().find("insert@output:9") == std::string::npos);
  Script replies(tests::plan_of({"duplicate-reply"}), {}, start, bounds);
  replies.expect_marks();
  for (const unsigned end : {6U, 12U}) replies.reply_ends(end);
  CHECK(pass(replies.output(), "+1234\n+6789\n").bytes == "+1234\n+1234\n+6789\n");
  CHECK(replies.met() == "duplicate-reply@reply:1");
}

TEST_CASE("hurried, nothing more is put in, neither what is under way nor what would come") {
  Script script(tests::plan_of({"insert 1MiB every 1ms at byte 1", "insert 9 at byte 2"}), {},
                start);
  CHECK(pass(script.output(), "ab").bytes == "a0");
  script.hurry();
  CHECK(pass(script.output(), "bc", true).bytes == "bc");
  CHECK(script.met() == "insert@output:1");
}

TEST_CASE("what was met in lines before empty replies counts") {
  Script script(tests::plan_of({"delay 0ms every line", "fin after line 40"}), {}, start);
  script.expect_marks();
  pass(script.input(), "PING\n" + std::string(80, '\n'));
  script.reply_ends(6);
  pass(script.output(), "+PONG\n");
  for (int i = 0; i < 80; ++i) {
    script.reply_ends(6);
    if (pass(script.output(), "").last.then == Then::fin) break;
  }
  CHECK(script.met() == "delay@line:1 fin@reply:40");
}

TEST_CASE("a wait for ever says so, however soon something else is due") {
  Script script(tests::plan_of({"stall forever at byte 1", "rate 1GiB/s after 3s"}), {}, start);
  const Step step = pass(script.output(), "ab").last;
  CHECK(step.then == Then::wait);
  CHECK(step.wait == 3s);
  CHECK(step.is_for_ever);
}

TEST_CASE("a reply of no bytes is a reply") {
  Script script(tests::plan_of({"answer \"x\" after line 2", "swallow-reply after line 3",
                                "insert 1 after line 4", "duplicate-reply after line 5"}),
                {}, start);
  script.expect_marks();
  script.reply_ends(3);
  for (int i = 0; i < 3; ++i) script.reply_ends(3);
  script.reply_ends(6);
  CHECK(pass(script.output(), "+1\n+5\n", true).bytes == "+1\nx\r\n0+5\n+5\n");
  CHECK(script.met() ==
        "answer@reply:2 swallow-reply@reply:3 insert@reply:4 duplicate-reply@reply:5");
}

TEST_CASE("a reply of no bytes is one at the end of all, too") {
  Script script(tests::plan_of({"answer \"x\" after line 2"}), {}, start);
  script.expect_marks();
  for (int i = 0; i < 2; ++i) script.reply_ends(3);
  CHECK(pass(script.output(), "+1\n", true).bytes == "+1\nx\r\n");
}

TEST_CASE("a reply that is too long to be kept goes on as it is, and is not noted") {
  const std::string reply(faults::max_reply + 1, 'r');
  for (const std::string action : {"reorder-reply", "duplicate-reply"}) {
    Script script(tests::plan_of({action + " after line 1"}), {}, start);
    script.expect_marks();
    script.reply_ends(reply.size());
    CHECK(pass(script.output(), reply + "next", true).bytes == reply + "next");
    CHECK(script.met().empty());
    CHECK(script.output().held() == 0);
  }
}

TEST_CASE("what is inserted comes in pieces and is not kept") {
  Script script(tests::plan_of({"insert 1MiB at byte 1"}), {}, start);
  std::size_t size = 0;
  std::string_view available = "ab";
  for (;;) {
    const Step step = script.output().next(available, false, start);
    CHECK(step.bytes.size() <= 4096);
    CHECK(script.output().held() == 0);
    size += step.bytes.size();
    available.remove_prefix(step.take);
    if (step.then != Then::go_on) break;
  }
  CHECK(size == 2 + 1024 * 1024);
}

TEST_CASE("of many that were met the first are shown, then how many more and a digest of all") {
  const auto met = [](std::string_view output, const std::string& text) {
    Script script(tests::plan_of({"close for every 2nd connection", text}), {.connection = 2},
                  start);
    pass(script.output(), output);
    return script.met();
  };
  const std::string all = met(std::string(100, 'x'), "corrupt every 3");
  CHECK(all.starts_with("close@accept corrupt@output:3 corrupt@output:6 "));
  CHECK(all.find("corrupt@output:93 +2 more #") != all.npos);
  CHECK(all.size() == all.find('#') + 1 + 16);
  CHECK(met(std::string(100, 'y'), "corrupt every 3") == all);
  CHECK(met(std::string(101, 'x'), "corrupt every 3") == all);
  const std::string more = met(std::string(103, 'x'), "corrupt every 3");
  CHECK(more.find("+3 more #") != more.npos);
  CHECK(more.substr(more.find('#')) != all.substr(all.find('#')));
}

TEST_CASE("a wait that nothing but the bounds ends says so", "[faults]") {
  const faults::Bounds bounds{.time = 10s};
  Script stalled(tests::plan_of({"stall forever at byte 1"}), {}, start, bounds);
  CHECK(stalled.output().next("ab", false, start).take == 1);
  const faults::Step forever = stalled.output().next("b", false, start);
  CHECK(forever.is_for_ever);
  CHECK(forever.wait == 10s);
  Script delayed(tests::plan_of({"stall 24h at byte 1"}), {}, start, bounds);
  CHECK(delayed.output().next("ab", false, start).take == 1);
  const faults::Step day = delayed.output().next("b", false, start);
  CHECK_FALSE(day.is_for_ever);
  CHECK(day.wait == 10s);
}
