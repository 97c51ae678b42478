#include "client/load/report/live_display.hpp"

#include <array>
#include <cstdlib>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"

using namespace client::load;
using client::load::report::LiveDisplay;
using namespace std::chrono_literals;

namespace {

// An environment variable for the time of a test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    const char* const before = std::getenv(name);
    was_set_ = before != nullptr;
    if (was_set_) before_ = before;
    ::setenv(name, value, 1);
  }
  ~Variable() { was_set_ ? ::setenv(name_, before_.c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  bool was_set_ = false;
  std::string before_;
};

struct Ends {
  streams::UniqueFd reader;
  streams::UniqueFd writer;

  // What was written, which fits the kernel's buffer.
  std::string shown() const {
    std::array<char, 4096> text{};
    const ssize_t size = ::read(reader.get(), text.data(), text.size());
    return {text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  }
};

Ends terminal(unsigned short width) {
  int master = -1;
  int slave = -1;
  winsize size{.ws_row = 24, .ws_col = width, .ws_xpixel = 0, .ws_ypixel = 0};
  REQUIRE(::openpty(&master, &slave, nullptr, nullptr, &size) == 0);
  return {streams::UniqueFd{master}, streams::UniqueFd{slave}};
}

Ends pipe_ends() {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  return {streams::UniqueFd{ends[0]}, streams::UniqueFd{ends[1]}};
}

Figures second(int number) {
  Figures figures;
  figures.start = std::chrono::seconds{number};
  figures.length = 1s;
  figures.answered = 12;
  figures.errors[ErrorKind::timeout] = 1;
  figures.connections_active = 3;
  return figures;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("on a terminal each second is drawn over the one before, and the end leaves nothing") {
  const Variable term("TERM", "xterm");
  const Variable no_color("NO_COLOR", "1");
  const Variable locale("LC_ALL", "C.UTF-8");
  const Ends ends = terminal(60);
  const Plan plan;
  LiveDisplay display(ends.writer.get(), plan);
  display.interval(second(0));
  const std::string first = ends.shown();
  CHECK(first.starts_with("\x1b[J1 s ━"));
  // The terminal's driver makes CR LF of the line feed.
  CHECK(first.ends_with("9 s left\r\n12/s   1 error   3 connections"));
  display.interval(second(1));
  const std::string next = ends.shown();
  CHECK(next.starts_with("\r\x1b[1A\x1b[J2 s ━"));
  CHECK(has(next, "2 errors"));
  display.clear();
  CHECK(ends.shown() == "\r\x1b[1A\x1b[J");
  display.interval(second(2));
  CHECK(ends.shown().starts_with("\x1b[J3 s ━"));
}

TEST_CASE("a status is drawn in place and drawn over, and elsewhere not told") {
  const Variable term("TERM", "xterm");
  const Plan plan;
  const Ends ends = terminal(20);
  LiveDisplay display(ends.writer.get(), plan);
  display.status("opening 50 connections");
  CHECK(ends.shown() == "\x1b[Jopening 50 connecti\r\n");
  display.interval(second(0));
  CHECK(ends.shown().starts_with("\r\x1b[1A\x1b[J1 s "));

  const Ends pipe = pipe_ends();
  LiveDisplay plain(pipe.writer.get(), plan);
  plain.status("opening 50 connections");
  plain.interval(second(0));
  CHECK(pipe.shown().starts_with("1 s, 12/s"));
}

TEST_CASE("what is left over at the end of a run counts, but is not shown as a second of its own") {
  const Plan plan;
  const Ends ends = pipe_ends();
  LiveDisplay display(ends.writer.get(), plan);
  Figures rest = second(10);
  rest.length = 20ms;
  display.interval(rest);
  display.interval(second(11));
  CHECK(ends.shown() == "12 s, 12/s, 2 errors, 3 connections\n");
}

TEST_CASE("colours are for terminals, unless NO_COLOR is set") {
  const Variable term("TERM", "xterm");
  const Plan plan;
  const Ends ends = terminal(80);
  {
    const Variable no_color("NO_COLOR", "");
    LiveDisplay display(ends.writer.get(), plan);
    display.interval(second(0));
    CHECK(has(ends.shown(), "\x1b[31m1 error\x1b[0m"));
  }
  ends.shown();
  const Variable no_color("NO_COLOR", "1");
  LiveDisplay display(ends.writer.get(), plan);
  display.interval(second(0));
  CHECK_FALSE(has(ends.shown(), "m1 error"));
}

TEST_CASE("a dumb terminal and a pipe get a plain line each second, and nothing to take away") {
  const Variable term("TERM", "dumb");
  const Plan plan;
  for (const bool is_terminal : {true, false}) {
    const Ends ends = is_terminal ? terminal(80) : pipe_ends();
    LiveDisplay display(ends.writer.get(), plan);
    display.interval(second(0));
    const std::string line_end = is_terminal ? "\r\n" : "\n";
    CHECK(ends.shown() == "1 s, 12/s, 1 error, 3 connections" + line_end);
    display.interval(second(1));
    CHECK(ends.shown() == "2 s, 12/s, 2 errors, 3 connections" + line_end);
    display.clear();
    display.interval(second(2));
    CHECK(ends.shown() == "3 s, 12/s, 3 errors, 3 connections" + line_end);
  }
}

TEST_CASE("a locale without Unicode gets ASCII") {
  const Variable term("TERM", "xterm");
  const Variable locale("LC_ALL", "C");
  const Ends ends = terminal(60);
  const Plan plan;
  LiveDisplay display(ends.writer.get(), plan);
  display.interval(second(0));
  CHECK(has(ends.shown(), "=="));
}

TEST_CASE("a terminal that has become narrower is asked again") {
  const Variable term("TERM", "xterm");
  const Ends ends = terminal(80);
  const Plan plan;
  LiveDisplay display(ends.writer.get(), plan);
  display.interval(second(0));
  CHECK(has(ends.shown(), "connections"));
  const winsize narrow{.ws_row = 24, .ws_col = 12, .ws_xpixel = 0, .ws_ypixel = 0};
  REQUIRE(::ioctl(ends.reader.get(), TIOCSWINSZ, &narrow) == 0);
  display.interval(second(1));
  CHECK_FALSE(has(ends.shown(), "connections"));
}
