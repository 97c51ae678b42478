#include "server/insight/log_output.hpp"

#include <cerrno>
#include <string>
#include <vector>

#include "tests/pipe.hpp"
#include "tests/server/insight/journal_socket.hpp"

using tests::Journal;

namespace {

std::string many(std::size_t records) {
  std::string text;
  for (std::size_t i = 0; i < records; ++i) text += "N=" + std::to_string(i) + "\nM=x\n\n";
  return text;
}

}  // namespace

TEST_CASE("each record is a datagram of the journal, and many leave at once", "[log_output]") {
  const Journal journal;
  const auto output = server::insight::open_journal(journal.path());
  REQUIRE(output);
  const std::string records = many(3);
  CHECK(output->count(records) == 3);
  CHECK(output->write(records) == static_cast<std::int64_t>(records.size()));
  CHECK(journal.received() == std::vector<std::string>{"N=0\nM=x\n", "N=1\nM=x\n", "N=2\nM=x\n"});
}

TEST_CASE("a journal that has no room is not waited for, and goes on where it was",
          "[log_output]") {
  const Journal journal;
  const auto output = server::insight::open_journal(journal.path());
  REQUIRE(output);
  const std::string records = many(2000);
  std::vector<std::string> all;
  std::size_t full = 0;
  for (std::size_t done = 0; done < records.size();) {
    const std::int64_t written = output->write(std::string_view(records).substr(done));
    if (written >= 0) {
      done += static_cast<std::size_t>(written);
      continue;
    }
    REQUIRE(errno == EAGAIN);
    ++full;
    for (std::string& each : journal.received()) all.push_back(std::move(each));
  }
  for (std::string& each : journal.received()) all.push_back(std::move(each));
  CHECK(full > 0);
  REQUIRE(all.size() == 2000);
  CHECK(all[1999] == "N=1999\nM=x\n");
}

TEST_CASE("a journal that was started anew gets what comes from then on", "[log_output]") {
  Journal journal;
  const auto output = server::insight::open_journal(journal.path());
  REQUIRE(output);
  journal.start_anew();
  CHECK(output->write("N=1\n\n") == -1);
  CHECK(output->write("N=1\n\n") == 5);
  CHECK(journal.received() == std::vector<std::string>{"N=1\n"});
}

TEST_CASE("a record that no datagram could hold has its front told", "[log_output]") {
  const Journal journal;
  const auto output = server::insight::open_journal(journal.path());
  REQUIRE(output);
  const std::string record = "PRIORITY=3\nMESSAGE=" + std::string(1'000'000, 'x') + "\n\n";
  CHECK(output->write(record) == static_cast<std::int64_t>(record.size()));
  const std::vector<std::string> received = journal.received();
  REQUIRE(received.size() == 1);
  CHECK(received[0].starts_with("PRIORITY=3\nMESSAGE=xxx"));
}

TEST_CASE("without a journal there is no output to it", "[log_output]") {
  CHECK_FALSE(server::insight::open_journal("/nowhere/socket"));
  CHECK_FALSE(server::insight::open_journal("/" + std::string(200, 'x')));
}

TEST_CASE("a line that is longer than a pipe takes at once goes in pieces", "[log_output]") {
  const tests::Pipe pipe;
  const auto output = server::insight::open_stream(pipe.in.get());
  const std::string line = std::string(10'000, 'x') + "\n";
  const std::int64_t written = output->write(line);
  CHECK(written > 0);
  CHECK(written < 10'001);
  CHECK(output->count("a\nb\nc") == 2);
}
