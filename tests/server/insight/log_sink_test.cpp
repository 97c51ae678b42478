#include "server/insight/log_sink.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <unistd.h>

#include <spdlog/logger.h>

#include "server/insight/log_line.hpp"
#include "streams/unique_fd.hpp"
#include "tests/server/insight/journal_socket.hpp"

using server::insight::FloodLimit;
using server::insight::LogSink;
using namespace std::chrono_literals;

namespace {

/// A log whose lines go to a pipe that the test reads, or does not.
class Piped {
 public:
  explicit Piped(bool non_blocking = false) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    if (non_blocking) REQUIRE(::fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
    read_ = streams::UniqueFd(ends[0]);
    write_ = streams::UniqueFd(ends[1]);
    LogSink::Words words;
    words.lost = [](std::uint64_t n) { return "lost " + std::to_string(n); };
    words.suppressed = [](const FloodLimit::Suppressed& of) {
      return std::string(of.event) + " suppressed " + std::to_string(of.count);
    };
    sink = LogSink::open(server::insight::open_stream(write_.get()), words);
  }

  // The thread is not to find another descriptor of that number.
  ~Piped() { sink->finish(50ms); }
  Piped(const Piped&) = delete;
  Piped& operator=(const Piped&) = delete;

  void log(const std::string& line) { spdlog::logger("test", sink).info(line); }
  /// Lines of 100 bytes with their ends.
  void log_many(std::size_t lines) {
    spdlog::logger logger("test", sink);
    for (std::size_t i = 0; i < lines; ++i) logger.info(std::string(99, 'x'));
  }
  /// Some of what is there, waiting for it.
  std::string read() {
    std::array<char, 65536> block{};
    const ssize_t n = ::read(read_.get(), block.data(), block.size());
    REQUIRE(n > 0);
    return {block.data(), static_cast<std::size_t>(n)};
  }
  /// What comes up to `word` and the end of its line, and perhaps more.
  std::string read_until(const std::string& word) {
    std::string text;
    do text += read();
    while (text.find('\n', text.find(word)) == std::string::npos ||
           text.find(word) == std::string::npos);
    return text;
  }
  void close_reader() { read_ = {}; }

  std::shared_ptr<LogSink> sink;

 private:
  streams::UniqueFd read_;
  streams::UniqueFd write_;
};

constexpr std::size_t more_than_fits = 2 * LogSink::capacity / 100 + 2000;

/// What whole lines of log_many() and of losses say.
struct Counted {
  Counted() = default;
  explicit Counted(const std::string& text) {
    for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
      const std::string line = text.substr(at, end - at);
      if (line.starts_with("lost ")) {
        lost += std::stoul(line.substr(5));
      } else {
        REQUIRE(line == std::string(99, 'x'));
        ++came;
      }
    }
  }
  std::size_t all() const { return came + lost; }

  std::size_t came = 0;
  std::size_t lost = 0;
};

std::chrono::milliseconds time_to_finish(Piped& log) {
  const auto start = std::chrono::steady_clock::now();
  log.sink->finish(50ms);
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               start);
}

}  // namespace

TEST_CASE("a line is written soon, and all of them before the end", "[log_sink]") {
  Piped log;
  log.log("one");
  CHECK(log.read() == "one\n");
  log.log("two");
  log.log("three");
  log.sink->finish(10s);
  CHECK(log.read_until("three") == "two\nthree\n");
}

TEST_CASE("lines that find no room are counted in their place, once there is room", "[log_sink]") {
  const bool non_blocking = GENERATE(false, true);
  Piped log(non_blocking);
  log.log_many(more_than_fits);
  // How often the buffer was full is the thread's timing; that came and missing make all is not.
  std::string text;
  Counted counted;
  while (counted.all() < more_than_fits) {
    text += log.read();
    counted = Counted(text);
  }
  CHECK(counted.lost > 0);
  CHECK(counted.all() == more_than_fits);
  CHECK(log.sink->lost() == counted.lost);
  log.log("and on it goes");
  log.sink->finish(10s);
  CHECK(log.read_until("goes").ends_with("and on it goes\n"));
}

TEST_CASE("a reader that has stopped does not hold up the end", "[log_sink]") {
  Piped log;
  log.log_many(more_than_fits);
  CHECK(time_to_finish(log) < 5s);
}

TEST_CASE("a reader that is gone does not hold up the end", "[log_sink]") {
  Piped log;
  std::signal(SIGPIPE, SIG_IGN);
  log.close_reader();
  log.log("never seen");
  CHECK(time_to_finish(log) < 5s);
}

TEST_CASE("a line for which there was no memory is counted", "[log_sink]") {
  Piped log;
  log.sink->lose();
  CHECK(log.read_until("lost") == "lost 1\n");
  log.sink->lose();
  CHECK(log.sink->lost() == 2);
}

namespace {

/// Refuses the records that begin with "no".
class Choosy final : public server::insight::LogOutput {
 public:
  explicit Choosy(std::string& taken) : taken_(taken) {}

  std::string_view record_end() const noexcept override { return "\n"; }
  int descriptor() const noexcept override { return -1; }
  std::int64_t write(std::string_view records) noexcept override {
    if (records.starts_with("no")) {
      errno = EMSGSIZE;
      return -1;
    }
    const std::string_view first = records.substr(0, records.find('\n') + 1);
    taken_ += first;
    return static_cast<std::int64_t>(first.size());
  }

 private:
  std::string& taken_;
};

}  // namespace

TEST_CASE("a record that can never be written is lost alone, and counted", "[log_sink]") {
  std::string taken;
  LogSink::Words words;
  words.lost = [](std::uint64_t n) { return "lost " + std::to_string(n); };
  const auto sink = LogSink::open(std::make_unique<Choosy>(taken), words);
  spdlog::logger logger("test", sink);
  for (const char* line : {"yes 1", "no", "no", "yes 2"}) logger.info(line);
  sink->finish(10s);
  CHECK(taken.find("yes 1\n") < taken.find("yes 2\n"));
  CHECK(taken.find("yes 2\n") != std::string::npos);
  // In one loss or in two, as the lines came to be written together.
  CHECK((taken.find("lost 2\n") != std::string::npos ||
         taken.find("lost 1\n") != taken.rfind("lost 1\n")));
}

TEST_CASE("events come to the journal as they were put in, a datagram each", "[log_sink]") {
  const tests::Journal journal;
  const auto sink = LogSink::open(server::insight::open_journal(journal.path()), {});
  spdlog::logger logger("test", sink);
  const std::array fields{server::insight::Field{"id", std::uint64_t{7}}};
  const std::string record = server::insight::format_record(
      config::LogFormat::text, {}, config::LogLevel::info, "session", fields);
  logger.info(record);
  logger.info(record);
  sink->finish(10s);
  CHECK(journal.received() == std::vector<std::string>{record + "\n", record + "\n"});
}

TEST_CASE("what was suppressed of a flood is told without another line, and at the end",
          "[log_sink]") {
  Piped log;
  CHECK(log.sink->admit("flood", config::LogLevel::info, 1));
  CHECK_FALSE(log.sink->admit("flood", config::LogLevel::info, 1));
  CHECK_FALSE(log.sink->admit("flood", config::LogLevel::info, 1));
  SECTION("once its second is over") { CHECK(log.read_until("supp") == "flood suppressed 2\n"); }
  SECTION("when the log ends") {
    log.sink->finish(10s);
    CHECK(log.read_until("supp") == "flood suppressed 2\n");
  }
}
