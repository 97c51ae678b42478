#include "client/descriptors/file_reader.hpp"

#include <array>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <unistd.h>

#include "streams/task_group.hpp"
#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using client::descriptors::FileReader;
using client::descriptors::Piece;
using streams::EventLoop;
using streams::Executor;
using streams::Task;
using streams::UniqueFd;

namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    out = UniqueFd(ends[0]);
    in = UniqueFd(ends[1]);
  }
  void write(std::string_view text) const {
    REQUIRE(::write(in.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  UniqueFd out;
  UniqueFd in;
};

Task<std::string> read_to_end(FileReader& reader) {
  std::string text;
  for (;;) {
    const Piece piece = co_await reader.read();
    if (piece.ec || piece.data.empty()) co_return text;
    text += piece.data;
  }
}

Task<void> read_into(FileReader& reader, std::error_code& ec) {
  const Piece piece = co_await reader.read();
  ec = piece.ec;
}

Task<void> write_while_read(EventLoop& loop, FileReader& reader, Pipe& pipe, std::string& text) {
  streams::TaskGroup group(loop);
  const auto reading = [](FileReader& from, std::string& into) -> Task<void> {
    into = co_await read_to_end(from);
  };
  group.spawn(reading(reader, text));
  pipe.write("late");
  co_await tests::turn(loop);
  pipe.write("r");
  pipe.in.reset();
  co_await group.join();
}

Task<void> cancel_a_read(EventLoop& loop, FileReader& reader, std::error_code& ec) {
  streams::TaskGroup group(loop);
  group.spawn(read_into(reader, ec));
  co_await tests::turn(loop);
  group.cancel();
  co_await group.join();
}

}  // namespace

TEST_CASE("a pipe that is empty is waited for and stays a blocking one, which others may share") {
  EventLoop loop;
  Executor executor(1);
  Pipe pipe;
  FileReader reader(loop, executor, pipe.out.get());
  std::string text;
  tests::run(loop, write_while_read(loop, reader, pipe, text));
  CHECK(text == "later");
  CHECK((::fcntl(pipe.out.get(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("a file is read to its end, and known to have more before that") {
  EventLoop loop;
  Executor executor(1);
  const std::string text(3 * FileReader::max_piece + 1, 'x');
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
  const int fd = ::fileno(file.get());
  REQUIRE(::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  REQUIRE(::lseek(fd, 0, SEEK_SET) == 0);
  FileReader reader(loop, executor, fd);
  CHECK(reader.has_more());
  CHECK(tests::run(loop, read_to_end(reader)) == text);
  CHECK_FALSE(reader.has_more());
}

TEST_CASE("a pipe has more while there is something in it") {
  EventLoop loop;
  Executor executor(1);
  const Pipe pipe;
  FileReader reader(loop, executor, pipe.out.get());
  CHECK_FALSE(reader.has_more());
  pipe.write("x");
  CHECK(reader.has_more());
}

TEST_CASE("a read that waits can be cancelled") {
  EventLoop loop;
  Executor executor(1);
  const Pipe pipe;
  FileReader reader(loop, executor, pipe.out.get());
  std::error_code ec;
  tests::run(loop, cancel_a_read(loop, reader, ec));
  CHECK(ec == std::errc::operation_canceled);
}

TEST_CASE("what cannot be read gives the kernel's error") {
  EventLoop loop;
  Executor executor(1);
  const UniqueFd folder(::open("/", O_RDONLY | O_CLOEXEC));
  FileReader reader(loop, executor, folder.get());
  std::error_code ec;
  tests::run(loop, read_into(reader, ec));
  CHECK(ec == std::errc::is_a_directory);
}
