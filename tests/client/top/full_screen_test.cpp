#include "client/top/full_screen.hpp"

#include <array>
#include <poll.h>
#include <pty.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "client/descriptors/own_terminal.hpp"
#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"

using client::top::FullScreen;

namespace {

/// A terminal and who shows it.
struct Pair {
  streams::UniqueFd shown;
  streams::UniqueFd terminal;

  Pair() {
    int shown_end = -1;
    int end = -1;
    REQUIRE(::openpty(&shown_end, &end, nullptr, nullptr, nullptr) == 0);
    shown = streams::UniqueFd(shown_end);
    terminal = streams::UniqueFd(end);
  }

  bool takes_more() const {
    pollfd entry{.fd = terminal.get(), .events = POLLOUT, .revents = 0};
    return ::poll(&entry, 1, 0) > 0;
  }
  /// Until it takes nothing, because nobody shows it.
  void fill() const {
    const client::descriptors::OwnTerminal own(terminal.get());
    while (takes_more()) REQUIRE(::write(own.get(), "0123456789", 10) > 0);
  }
  /// What comes within some seconds.
  std::string shows() const {
    pollfd entry{.fd = shown.get(), .events = POLLIN, .revents = 0};
    if (::poll(&entry, 1, 5000) <= 0) return "nothing";
    std::array<char, 4096> text{};
    const ssize_t size = ::read(shown.get(), text.data(), text.size());
    return {text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  }
};

}  // namespace

TEST_CASE("a terminal that was stopped is started again to be given back", "[top]") {
  const Pair pair;
  FullScreen screen(pair.terminal.get(), pair.terminal.get());
  screen.enter();
  CHECK(screen.overdue().empty());
  CHECK(pair.shows() == "\x1b[?1049h\x1b[?25l");
  REQUIRE(::write(pair.shown.get(), "\x13", 1) == 1);
  while (pair.takes_more()) std::this_thread::yield();
  screen.leave();
  CHECK(pair.shows() == "\x1b[?25h\x1b[?1049l");
}

TEST_CASE("a terminal that takes nothing is taken over by the next frame, and left at once",
          "[top]") {
  const Pair pair;
  pair.fill();
  FullScreen screen(pair.terminal.get(), pair.terminal.get());
  screen.enter();
  CHECK(screen.overdue() == "\x1b[?1049h\x1b[?25l");
  CHECK(screen.overdue().empty());
  screen.leave();
  termios modes{};
  REQUIRE(::tcgetattr(pair.terminal.get(), &modes) == 0);
  CHECK((modes.c_lflag & ECHO) != 0);
}

TEST_CASE("of what is typed only letters count, not keys that send several bytes", "[top]") {
  CHECK(FullScreen::letters("cq") == "cq");
  CHECK(FullScreen::letters("a\x1b[Cc") == "ac");
  CHECK(FullScreen::letters("\x1b[1;5Dx\x1bOPt\x1b[15~q") == "xtq");
  CHECK(FullScreen::letters("\x1bqw") == "w");
  CHECK(FullScreen::letters("\x1b").empty());
  CHECK(FullScreen::letters("\x1b[1;").empty());
}

TEST_CASE("a frame erases what stood in its lines and below them, and ends in no line feed",
          "[top]") {
  const std::vector<std::string> lines{"one", "two"};
  CHECK(FullScreen::frame(lines) == "\x1b[Hone\x1b[K\r\ntwo\x1b[K\x1b[J");
}
