// Closing: every order of what can happen while a connection ends, without a socket.
#include "streams/closing.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "streams/error.hpp"
#include "tests/catch.hpp"

using namespace std::chrono_literals;
using streams::Closing;
using streams::Error;
using State = Closing::State;
using Step = Closing::Step;

namespace {

/// One event a letter, so that a row of a table is a word:
///   f flushed        p the peer's FIN    o overrun    x error     c cancelled
///   1 a second passes and nothing moves
///   a a second passes and the peer's kernel acknowledges a byte; r: a byte comes
///   A the same, and nothing is unacknowledged any more
///   s a second passes, nothing moves, and the peer's kernel says that it has no room
class Story {
 public:
  explicit Story(Closing::Patience patience = {5s, 0s}) : closing_(patience, now_, seen_) {}

  Step happens(char event) {
    switch (event) {
      case 'f': return closing_.flushed(now_);
      case 'p': return closing_.peer_ended();
      case 'o': return closing_.overrun();
      case 'x': return closing_.failed({ECONNRESET, std::system_category()});
      case 'c': return closing_.failed(streams::make_cancelled());
      case 'a': ++seen_.acknowledged; break;
      case 'r': ++seen_.received; break;
      case 'A':
        seen_.acknowledged += seen_.unacknowledged;
        seen_.unacknowledged = 0;
        break;
      default: break;
    }
    seen_.no_room = event == 's';
    now_ += 1s;
    return closing_.look(now_, seen_);
  }
  /// The steps of all events, one letter each: `.` wait, `F` send_fin, `C` close, `R` reset.
  std::string tell(std::string_view events) {
    std::string steps;
    for (const char event : events) steps += ".FCR"[static_cast<std::size_t>(happens(event))];
    return steps;
  }
  const Closing& closing() const noexcept { return closing_; }

 private:
  Closing::Clock::time_point now_{};
  Closing::Seen seen_{0, 0, 100, false};
  Closing closing_;
};

struct Row {
  std::string_view events;
  std::string_view steps;
  std::error_code result;
};

const std::error_code none;
const std::error_code timed_out = std::make_error_code(std::errc::timed_out);
const std::error_code unacknowledged = Error::unacknowledged;
const std::error_code reset_by_peer(ECONNRESET, std::system_category());

void check(const std::vector<Row>& rows, Closing::Patience patience) {
  for (const Row& row : rows) {
    INFO(row.events);
    Story story(patience);
    CHECK(story.tell(row.events) == row.steps);
    CHECK(story.closing().is_over());
    CHECK(story.closing().result() == row.result);
  }
}

}  // namespace

TEST_CASE("a connection ends by flush, our FIN and the peer's, whichever way they are ordered",
          "[closing]") {
  check({{"fp", "FC", none},
         {"pf", ".C", none},
         {"ppf", "..C", none},
         {"ffp", "F.C", none},
         {"1f1p", ".F.C", none},
         {"a1fra1p", "..F...C", none},
         {"fprxo1", "FC....", none},
         {"x", "R", reset_by_peer},
         {"fx", "FR", reset_by_peer},
         {"px", ".R", reset_by_peer},
         {"xfp", "R..", reset_by_peer},
         {"c", "R", streams::make_cancelled()},
         {"fcx", "FR.", streams::make_cancelled()},
         {"fop", "F.C", none},
         {"fox", "F.R", reset_by_peer}},
        {5s, 0s});
}

TEST_CASE("the patience counts from the last progress, in either state", "[closing]") {
  check({{"11111", "....R", timed_out},
         {"1111a11111", ".........R", timed_out},
         {"1111r11111", ".........R", timed_out},
         {"1111f11111", "....F....C", unacknowledged},
         {"f1111a1111r11111", "F..............C", unacknowledged},
         {"p11111", ".....R", timed_out},
         {"aaaaaaaaaaaaaaaaaaaaf11111", "....................F....C", unacknowledged}},
        {5s, 0s});
}

TEST_CASE("a peer that has everything and keeps its end open is no failure", "[closing]") {
  check({{"fA11111", "F.....C", none}, {"fA1r11111", "F.......C", none}}, {5s, 0s});
}

TEST_CASE("a peer that says that it has no room has twelve times the patience for each byte",
          "[closing]") {
  check({{"sssssssssss1", "...........R", timed_out},
         {"ssssssssssss", "...........R", timed_out},
         {"sssssssssssassssssssssss", ".......................R", timed_out},
         {"fssssssssssss", "F...........C", unacknowledged},
         {"fsssssssssssA1", "F............C", none},
         {"sssssssssssfp", "...........FC", none}},
        {1s, 0s});
  // What is seen of it counts, not only what moves: the window may have opened since.
  check({{"ssssss111", "........R", timed_out},
         {"1s1s1s1s11s111", ".............R", timed_out},
         {"fssssss111", "F........C", unacknowledged},
         {"ssssss11ass11p1", "..............R", timed_out}},
        {3s, 0s});
  check({{"s", "R", timed_out}, {"fs", "FC", unacknowledged}}, {0s, 0s});
}

TEST_CASE("what was an idle connection is closed once our FIN is acknowledged and all is quiet",
          "[closing]") {
  check({{"fA11", "F..C", none},
         {"fA1p", "F..C", none},
         {"f1A11", "F...C", none},
         {"f11111", "F....C", unacknowledged},  // not quiet
         {"fAr11", "F...C", none},              // it spoke, and is quiet again
         {"fA1r1r11", "F......C", none},
         {"fAx", "F.R", reset_by_peer}},
        {5s, 2s});
}

TEST_CASE("a peer that has everything and does not cease to speak is left as well", "[closing]") {
  check(
      {{"fArrrrrrrrrrr", "F...........C", none}, {"farrrAr1r1r1r1r1r", "F...............C", none}},
      {5s, 1s + 1ms});
  // One that has not is owed it.
  Story story({5s, 1s + 1ms});
  CHECK(story.tell("frrrrrrrrrrrrrrrrrrrr") == "F....................");
}

TEST_CASE("a peer that sends too much after the end gets all that is ours, and is then cut",
          "[closing]") {
  const std::error_code overrun = Error::limit_overrun;
  check({{"fo11111", "F.....R", overrun},  // and not the kernel's: its input is unread
         {"fo1111a1111a11111", "F...............R", overrun},
         {"foA11111", "F......R", overrun},
         {"foAp", "F..C", none}},
        {5s, 0s});
  check({{"foA11", "F...R", overrun}}, {5s, 2s});
}

TEST_CASE("who waits for the peer's FIN can be told to stop waiting", "[closing]") {
  const Closing::Clock::time_point start{};
  const Closing::Seen seen{10, 10, 0, false};
  Closing closing({5s, 0s}, start, seen);
  CHECK(closing.flushed(start) == Step::send_fin);
  CHECK(closing.look(start + 1s, seen) == Step::wait);
  closing.expect_quiet(50ms);
  CHECK(closing.look(start + 2s, {10, 10, 1, false}) == Step::wait);  // the FIN is not acknowledged
  CHECK(closing.look(start + 3s, seen) == Step::wait);                // that was progress
  CHECK(closing.look(start + 4s, seen) == Step::close);
  CHECK_FALSE(closing.result());
}

TEST_CASE("a socket is looked at a few times in each patience, and at most four times a second",
          "[closing]") {
  CHECK(Story({5s, 0s}).closing().look_interval() == 250ms);
  CHECK(Story({40ms, 0s}).closing().look_interval() == 10ms);
  CHECK(Story({0s, 0s}).closing().look_interval() == 1ms);
  CHECK(Story({5s, 50ms}).closing().look_interval() == 25ms);
}

TEST_CASE("in every order of events it ends once, and never as if whole when cut short",
          "[closing]") {
  constexpr std::string_view alphabet = "fpoxc1arAs";
  std::array<std::size_t, 6> word{};
  for (;;) {
    Story story({2s, 0s});
    bool flushed = false;
    bool peer_ended = false;
    bool has_all = false;
    int fins = 0;
    int ends = 0;
    for (const std::size_t letter : word) {
      const bool was_over = story.closing().is_over();
      const Step step = story.happens(alphabet[letter]);
      flushed = flushed || (alphabet[letter] == 'f' && !was_over);
      peer_ended = peer_ended || (alphabet[letter] == 'p' && !was_over);
      fins += step == Step::send_fin ? 1 : 0;
      ends += step == Step::close || step == Step::reset ? 1 : 0;
      has_all = has_all || (alphabet[letter] == 'A' && !was_over);
      const bool whole = peer_ended || has_all || story.closing().result() == unacknowledged;
      const bool wrong = (was_over && step != Step::wait) ||
                         (step == Step::close && !(flushed && whole)) ||
                         (step == Step::reset && !story.closing().result());
      if (wrong) FAIL("at " << alphabet[letter]);
    }
    if (fins > 1 || ends > 1 || (ends == 1) != story.closing().is_over()) FAIL("more than one end");
    std::size_t place = 0;
    while (place < word.size() && ++word[place] == alphabet.size()) word[place++] = 0;
    if (place == word.size()) break;
  }
  SUCCEED();
}
