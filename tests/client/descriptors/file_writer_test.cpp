#include "client/descriptors/file_writer.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <unistd.h>

#include "streams/task_group.hpp"
#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/pipe.hpp"
#include "tests/streams/run.hpp"

using client::descriptors::FileWriter;
using streams::EventLoop;
using streams::Executor;
using streams::Task;
using streams::UniqueFd;
using tests::Pipe;

namespace {

Task<void> write_all(FileWriter& writer, std::string_view text, std::error_code& ec, bool& done) {
  ec = co_await writer.write(text);
  done = true;
}

/// Writes more than the pipe holds; a bit of it is taken out in each turn.
Task<std::string> read_while_written(EventLoop& loop, FileWriter& writer, const Pipe& pipe,
                                     std::string_view text) {
  streams::TaskGroup group(loop);
  std::error_code ec;
  bool done = false;
  group.spawn(write_all(writer, text, ec, done));
  CHECK_FALSE(done);
  std::string read;
  while (read.size() < text.size()) {
    std::array<char, 10000> piece{};
    const ssize_t size = ::read(pipe.out.get(), piece.data(), piece.size());
    REQUIRE(size > 0);
    read.append(piece.data(), static_cast<std::size_t>(size));
    co_await tests::turn(loop);
  }
  co_await group.join();
  CHECK_FALSE(ec);
  co_return read;
}

}  // namespace

TEST_CASE("a full pipe is waited for and stays a blocking one, which others may share") {
  EventLoop loop;
  Executor executor(1);
  const Pipe pipe;
  std::string text;
  for (int i = 0; i < 40000; ++i) text += std::to_string(i);
  FileWriter writer(loop, executor, pipe.in.get());
  CHECK(tests::run(loop, read_while_written(loop, writer, pipe, text)) == text);
  CHECK(writer.bytes_written() == text.size());
  CHECK((::fcntl(pipe.in.get(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("a pipe that nobody reads any more is an error") {
  std::signal(SIGPIPE, SIG_IGN);
  EventLoop loop;
  Executor executor(1);
  Pipe pipe;
  pipe.out.reset();
  FileWriter writer(loop, executor, pipe.in.get());
  CHECK(tests::run(loop, writer.write("x")) == std::errc::broken_pipe);
}

TEST_CASE("a file takes everything, behind what is in it") {
  EventLoop loop;
  Executor executor(1);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
  const int fd = ::fileno(file.get());
  REQUIRE(::write(fd, "a", 1) == 1);
  FileWriter writer(loop, executor, fd);
  const std::string text(100000, 'x');
  CHECK_FALSE(tests::run(loop, writer.write(text)));
  CHECK(::lseek(fd, 0, SEEK_CUR) == 100001);
}
