#include "streams/standard_input.hpp"

#include <array>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <pty.h>
#include <string>
#include <unistd.h>

#include "streams/task_group.hpp"
#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/pipe.hpp"
#include "tests/streams/run.hpp"

using streams::Chunk;
using streams::Error;
using streams::EventLoop;
using streams::StandardInput;
using streams::Task;
using streams::UniqueFd;
using tests::Pipe;

namespace {

void write(int fd, std::string_view text) {
  REQUIRE(::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

/// A file with `text` in it, open at its beginning.
class File {
 public:
  explicit File(std::string_view text) : file_(std::tmpfile(), &std::fclose) {
    write(fd(), text);
    REQUIRE(::lseek(fd(), 0, SEEK_SET) == 0);
  }
  int fd() const { return ::fileno(file_.get()); }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

/// Lines as they come, `|` between them, until there is no more, and why.
struct Lines {
  std::string text;
  std::error_code ec;
};

Task<void> read_lines(StandardInput& input, Lines& lines) {
  for (;;) {
    const Chunk line = co_await input.reader().readline();
    lines.ec = line.ec;
    if (!line) co_return;
    lines.text.append(line.data).append("|");
  }
}

Lines lines_of(int fd) {
  EventLoop loop;
  StandardInput input(loop, fd);
  Lines lines;
  tests::run(loop, read_lines(input, lines));
  return lines;
}

}  // namespace

TEST_CASE("lines are read from a pipe as they come, and then its end") {
  EventLoop loop;
  Pipe pipe;
  StandardInput input(loop, pipe.out.get());
  Lines lines;
  const auto write_slowly = [](EventLoop& on, StandardInput& from, Pipe& to,
                               Lines& into) -> Task<void> {
    streams::TaskGroup group(on);
    group.spawn(read_lines(from, into));
    write(to.in.get(), "on");
    co_await tests::several_turns(on);
    CHECK(into.text.empty());
    write(to.in.get(), "e\ntwo\nlast");
    co_await tests::until(on, [&into] { return into.text == "one\n|two\n|"; });
    to.in.reset();
    co_await group.join();
  };
  tests::run(loop, write_slowly(loop, input, pipe, lines));
  CHECK(lines.text == "one\n|two\n|last|");
  CHECK(lines.ec == Error::end_of_stream);
}

TEST_CASE("a pipe stays a blocking one, which others may share") {
  Pipe pipe;
  write(pipe.in.get(), "a\n");
  pipe.in.reset();
  CHECK(lines_of(pipe.out.get()).text == "a\n|");
  CHECK((::fcntl(pipe.out.get(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("a terminal gives its lines and ends at ^D") {
  int ours = -1;
  int theirs = -1;
  REQUIRE(::openpty(&ours, &theirs, nullptr, nullptr, nullptr) == 0);
  const UniqueFd keyboard(ours);
  const UniqueFd terminal(theirs);
  write(keyboard.get(), "typed\n\x04");
  const Lines lines = lines_of(terminal.get());
  CHECK(lines.text == "typed\n|");
  CHECK(lines.ec == Error::end_of_stream);
}

TEST_CASE("a file is read to its end, whatever its size") {
  const std::string text(3 * streams::BufferPool::block_size + 7, 'x');
  const File file(text);
  EventLoop loop;
  StandardInput input(loop, file.fd());
  const auto read_all = [](StandardInput& from) -> Task<std::string> {
    const Chunk all = co_await from.reader().read_to_end(std::size_t{1} << 30);
    CHECK_FALSE(all.ec);
    co_return std::string(all.data);
  };
  CHECK(input.has_more());
  CHECK(tests::run(loop, read_all(input)) == text);
  CHECK_FALSE(input.has_more());
  CHECK(lines_of(File("one\ntwo").fd()).text == "one\n|two|");
  CHECK(lines_of(File("").fd()).ec == Error::end_of_stream);
}

TEST_CASE("/dev/null is at its end at once") {
  const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  CHECK(lines_of(null.get()).ec == Error::end_of_stream);
}

TEST_CASE("a socket that others share is read without changing it") {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  const UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  write(theirs.get(), "a\nb\n");
  theirs.reset();
  CHECK(lines_of(ours.get()).text == "a\n|b\n|");
}

TEST_CASE("a read that is cancelled takes nothing") {
  EventLoop loop;
  Pipe pipe;
  StandardInput input(loop, pipe.out.get());
  Lines lines;
  const auto cancel = [](EventLoop& on, StandardInput& from, Lines& into) -> Task<void> {
    streams::TaskGroup group(on);
    group.spawn(read_lines(from, into));
    co_await tests::turn(on);
    group.cancel();
    co_await group.join();
  };
  tests::run(loop, cancel(loop, input, lines));
  CHECK(lines.ec == std::errc::operation_canceled);
  CHECK_FALSE(input.has_more());
  write(pipe.in.get(), "kept\n");
  CHECK(input.has_more());
  pipe.in.reset();
  tests::run(loop, read_lines(input, lines));
  CHECK(lines.text == "kept\n|");
}

TEST_CASE("a file's read that is under way may be given up, and the input with it") {
  const File file(std::string(streams::BufferPool::block_size, '\n'));
  EventLoop loop;
  Lines lines;
  const auto give_up = [](EventLoop& on, int fd, Lines& into) -> Task<void> {
    StandardInput input(on, fd);
    streams::TaskGroup group(on);
    group.spawn(read_lines(input, into));
    group.cancel();
    co_await group.join();
  };
  tests::run(loop, give_up(loop, file.fd(), lines));
  CHECK(lines.ec == std::errc::operation_canceled);
}

TEST_CASE("what cannot be read gives the kernel's error") {
  const UniqueFd folder(::open("/", O_RDONLY | O_CLOEXEC));
  CHECK(lines_of(folder.get()).ec == std::errc::is_a_directory);
  const File file("");
  const UniqueFd closed(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
  CHECK(lines_of(closed.get()).ec == std::errc::io_error);
}

TEST_CASE("a descriptor that is closed is refused") {
  EventLoop loop;
  CHECK_THROWS_AS(StandardInput(loop, 1023), std::system_error);
}
