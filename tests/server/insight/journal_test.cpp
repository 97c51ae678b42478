#include "server/insight/journal.hpp"

#include <string>
#include <sys/stat.h>

#include "tests/catch.hpp"
#include "tests/pipe.hpp"

using config::LogLevel;
using server::insight::is_journal;
using server::insight::priority;
using server::insight::priority_prefix;

namespace {

/// What systemd would set for its writing end.
std::string journal_stream(const tests::Pipe& pipe) {
  struct stat status {};
  REQUIRE(::fstat(pipe.in.get(), &status) == 0);
  return std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
}

}  // namespace

TEST_CASE("a descriptor is the journal's when its device and inode are those of $JOURNAL_STREAM") {
  const tests::Pipe journal;
  CHECK(is_journal(journal.in.get(), journal_stream(journal)));
}

TEST_CASE("a descriptor that was sent elsewhere is not the journal's") {
  const tests::Pipe journal;
  const tests::Pipe elsewhere;
  CHECK_FALSE(is_journal(elsewhere.in.get(), journal_stream(journal)));
  CHECK_FALSE(is_journal(-1, journal_stream(journal)));
}

TEST_CASE("a $JOURNAL_STREAM that is no DEVICE:INODE is nobody's") {
  const tests::Pipe journal;
  const std::string right = journal_stream(journal);
  for (const std::string& wrong :
       {std::string{}, std::string{":"}, right + "0", right + " ",
        '0' + right.substr(right.find(':')), right.substr(0, right.find(':')), "-" + right}) {
    CAPTURE(wrong);
    CHECK_FALSE(is_journal(journal.in.get(), wrong));
  }
}

TEST_CASE("each level has syslog's priority") {
  CHECK(priority(LogLevel::debug) == "7");
  CHECK(priority_prefix(LogLevel::debug) == "<7>");
  CHECK(priority(LogLevel::info) == "6");
  CHECK(priority_prefix(LogLevel::info) == "<6>");
  CHECK(priority(LogLevel::warning) == "4");
  CHECK(priority_prefix(LogLevel::warning) == "<4>");
  CHECK(priority(LogLevel::error) == "3");
  CHECK(priority_prefix(LogLevel::error) == "<3>");
}
