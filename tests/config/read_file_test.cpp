#include "config/read_file.hpp"

#include <fcntl.h>
#include <future>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include "tests/catch.hpp"
#include "tests/config/folder.hpp"

using config::Abandonment;
using config::FileText;
using config::read_file;
using config::read_regular_file;
using streams::UniqueFd;

using namespace std::chrono_literals;

namespace {

/// A pipe with a name, and its writers.
class Pipe {
 public:
  explicit Pipe(const tests::Folder& folder) : path(folder.path() + "/pipe") {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  }
  /// Once there is a reader.
  UniqueFd writer() const { return UniqueFd(::open(path.c_str(), O_WRONLY | O_CLOEXEC)); }
  bool has_reader() const {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    return static_cast<bool>(fd);
  }
  const std::string path;
};

void write(const UniqueFd& fd, std::string_view text) {
  REQUIRE(::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

/// It is later by so much.
void pass(Abandonment::Clock::duration time) {
  const auto end = Abandonment::Clock::now() + time;
  while (Abandonment::Clock::now() < end) std::this_thread::yield();
}

}  // namespace

TEST_CASE("a pipe is read to its end", "[read_file]") {
  const tests::Folder folder;
  const Pipe pipe(folder);
  auto reading = std::async([&] { return read_file(pipe.path, nullptr); });
  {
    const UniqueFd writer = pipe.writer();
    write(writer, "workers ");
    write(writer, "= 3\n");
  }
  CHECK(reading.get().text == "workers = 3\n");
}

TEST_CASE("a pipe that was closed before anything was written is no configuration", "[read_file]") {
  const tests::Folder folder;
  const Pipe pipe(folder);
  auto reading = std::async([&] { return read_file(pipe.path, nullptr); });
  pipe.writer().reset();
  const FileText file = reading.get();
  CHECK_FALSE(file.text);
  CHECK(file.problem.find("before anything was written") != std::string::npos);
  CHECK(read_file("/dev/null", nullptr).text == "");
}

TEST_CASE("a reading that is given up ends at once and leaves the pipe to others", "[read_file]") {
  const tests::Folder folder;
  const Pipe pipe(folder);
  Abandonment abandonment;
  auto reading = std::async([&] { return read_file(pipe.path, &abandonment); });
  const UniqueFd writer = pipe.writer();  // it has opened the pipe
  CHECK(abandonment.give_up());
  CHECK_FALSE(reading.get().text);
  CHECK_FALSE(pipe.has_reader());
  CHECK_FALSE(read_file(folder.file("a.toml", "x"), &abandonment).text);
}

TEST_CASE("a reading that has begun to take what is written cannot be given up before the end",
          "[read_file]") {
  const tests::Folder folder;
  const Pipe pipe(folder);
  Abandonment abandonment;
  auto reading = std::async([&] { return read_file(pipe.path, &abandonment); });
  {
    const UniqueFd writer = pipe.writer();
    write(writer, "workers ");
    int unread = 1;
    while (unread != 0) {
      REQUIRE(::ioctl(writer.get(), FIONREAD, &unread) == 0);
      std::this_thread::yield();
    }
    CHECK_FALSE(abandonment.give_up());
    write(writer, "= 3\n");
  }
  CHECK(reading.get().text == "workers = 3\n");
  CHECK(abandonment.give_up());
}

TEST_CASE("a plan is given up or does its work, and never both", "[read_file]") {
  Abandonment working;
  CHECK(working.begin_work());
  CHECK_FALSE(working.give_up());
  Abandonment given_up;
  CHECK(given_up.give_up());
  CHECK_FALSE(given_up.begin_work());
}

TEST_CASE("who has not waited for long, or for long for another thing, is not given up",
          "[read_file]") {
  Abandonment fresh;
  CHECK_FALSE(fresh.give_up(1h));
  Abandonment patient;
  pass(2ms);
  CHECK(patient.give_up(1ms));
  Abandonment between;
  pass(2ms);
  CHECK(between.begin_work());
  const auto worked = Abandonment::Clock::now();
  between.end_work();
  const bool gave_up = between.give_up(2ms);
  CHECK((!gave_up || Abandonment::Clock::now() - worked >= 2ms));
}

TEST_CASE("who is given up for good in the middle of a pipe reads it to its end, and binds nothing",
          "[read_file]") {
  Abandonment abandonment;
  CHECK(abandonment.begin_work());
  abandonment.give_up_for_good();
  abandonment.end_work();
  CHECK_FALSE(abandonment.begin_work());
}

TEST_CASE("a file that the configuration names is a regular one, and nothing else is waited for",
          "[read_file]") {
  const tests::Folder folder;
  const auto read = [](const std::string& path) { return read_regular_file(path, "do without"); };
  const std::string file = folder.file("plan", "fin");
  CHECK(read(file).text == "fin");
  const std::string link = folder.path() + "/link";
  REQUIRE(::symlink(file.c_str(), link.c_str()) == 0);
  CHECK(read(link).text == "fin");
  CHECK(read(folder.file("empty", "")).text == "");
  CHECK(read(folder.file("full", std::string(1024 * 1024, 'x'))).text);

  const std::string loop = folder.path() + "/loop";
  REQUIRE(::symlink(loop.c_str(), loop.c_str()) == 0);
  const std::string huge = folder.file("huge", "");
  REQUIRE(::truncate(huge.c_str(), off_t{1} << 40) == 0);
  const Pipe pipe(folder);
  const std::string regular = "; give the path of a regular file, which can be read again";
  const std::pair<std::string, std::string> wrong[] = {
      {pipe.path, "it is a pipe" + regular},
      {folder.path(), "it is a directory" + regular},
      {"/dev/zero", "it is a device" + regular},
      {"/dev/null", "it is a device" + regular},
      {folder.path() + "/none",
       "No such file or directory; give the path of an existing file, or do without"},
      {file + "/plan", "Not a directory; give the path of an existing file, or do without"},
      {loop, "Too many levels of symbolic links"},
      {huge, "it is larger than 1MiB"},
  };
  for (const auto& [path, why] : wrong) {
    INFO(path);
    const FileText text = read(path);
    CHECK_FALSE(text.text);
    CHECK(text.problem == why);
  }
}

TEST_CASE("a file that the system cannot open is not the configuration's fault", "[read_file]") {
  const tests::Folder folder;
  const std::string file = folder.file("a.toml", "");
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{0, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  std::error_code error;
  try {
    read_file(file, nullptr);
  } catch (const std::system_error& failure) {
    error = failure.code();
  }
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(error == std::errc::too_many_files_open);
}
