#include "server/insight/journal.hpp"

#include <array>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"

using config::LogLevel;
using server::insight::is_journal;
using server::insight::priority_prefix;

namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> fds{};
    REQUIRE(::pipe(fds.data()) == 0);
    out = streams::UniqueFd(fds[0]);
    in = streams::UniqueFd(fds[1]);
  }
  /// What systemd would set for its writing end.
  std::string journal_stream() const {
    struct stat status {};
    REQUIRE(::fstat(in.get(), &status) == 0);
    return std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
  }
  streams::UniqueFd out;
  streams::UniqueFd in;
};

}  // namespace

TEST_CASE("a descriptor is the journal's when its device and inode are those of $JOURNAL_STREAM") {
  const Pipe journal;
  CHECK(is_journal(journal.in.get(), journal.journal_stream()));
}

TEST_CASE("a descriptor that was sent elsewhere is not the journal's") {
  const Pipe journal;
  const Pipe elsewhere;
  CHECK_FALSE(is_journal(elsewhere.in.get(), journal.journal_stream()));
  CHECK_FALSE(is_journal(-1, journal.journal_stream()));
}

TEST_CASE("a $JOURNAL_STREAM that is no DEVICE:INODE is nobody's") {
  const Pipe journal;
  const std::string right = journal.journal_stream();
  for (const std::string& wrong :
       {std::string{}, std::string{":"}, right + "0", right + " ",
        '0' + right.substr(right.find(':')), right.substr(0, right.find(':')), "-" + right}) {
    CAPTURE(wrong);
    CHECK_FALSE(is_journal(journal.in.get(), wrong));
  }
}

TEST_CASE("each level has syslog's priority") {
  CHECK(priority_prefix(LogLevel::debug) == "<7>");
  CHECK(priority_prefix(LogLevel::info) == "<6>");
  CHECK(priority_prefix(LogLevel::warning) == "<4>");
  CHECK(priority_prefix(LogLevel::error) == "<3>");
}
