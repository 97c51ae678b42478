#include "client/load/messages.hpp"

#include <set>
#include <string>

#include "client/load/echo_messages.hpp"
#include "tests/catch.hpp"

using client::load::EchoMessages;
using client::load::line_protocol;
using client::load::make_echo_messages;
using client::load::Plan;
using client::load::PlannedLine;

TEST_CASE("no two messages of a run are the same from 16 bytes on") {
  EchoMessages messages(16, 16, 1);
  std::set<std::string> all;
  for (std::uint64_t connection = 0; connection < 50; ++connection) {
    for (std::uint64_t sequence = 0; sequence < 1000; ++sequence) {
      all.emplace(messages.request(connection, sequence));
    }
  }
  CHECK(all.size() == 50 * 1000);
}

TEST_CASE("a smaller message differs from those next to it") {
  for (const std::size_t size : {1U, 2U, 8U, 15U}) {
    EchoMessages messages(size, size, 1);
    for (std::uint64_t sequence = 0; sequence < 200; ++sequence) {
      const std::string one(messages.request(3, sequence));
      CHECK(one.size() == size);
      CHECK(messages.request(3, sequence + 1) != one);
    }
  }
}

TEST_CASE("the bytes behind the header differ from connection to connection") {
  EchoMessages messages(64, 64, 1);
  const std::string one(messages.request(1, 7).substr(16));
  CHECK(messages.request(2, 7).substr(16) != one);
  CHECK(messages.request(1, 8).substr(16) != one);
}

TEST_CASE("a message is the same whenever and in whatever order it is asked for") {
  EchoMessages messages(100, 100, 1);
  EchoMessages others(100, 100, 1);
  const std::string one(messages.request(1, 7));
  for (std::uint64_t i = 0; i < 1000; ++i) static_cast<void>(messages.request(i % 7, i));
  CHECK(messages.reply(1, 7) == one);
  CHECK(others.request(1, 7) == one);
  EchoMessages of_another_seed(100, 100, 2);
  CHECK(of_another_seed.request(1, 7) != one);
}

TEST_CASE("sizes are drawn from the whole range, the same for request and reply") {
  EchoMessages messages(3, 6, 1);
  std::set<std::size_t> sizes;
  for (std::uint64_t sequence = 0; sequence < 200; ++sequence) {
    sizes.insert(messages.request(1, sequence).size());
    CHECK(messages.request(1, sequence).size() == messages.reply(1, sequence).size());
  }
  CHECK(sizes == std::set<std::size_t>{3, 4, 5, 6});
}

TEST_CASE("a message tells which request of its connection it is") {
  EchoMessages messages(64, 64, 1);
  CHECK(messages.sequence_of(5, messages.request(5, 4711)) == 4711);
  const std::string foreign(messages.request(6, 4711));
  CHECK_FALSE(messages.sequence_of(5, foreign));
  CHECK_FALSE(messages.sequence_of(5, "short"));
}

TEST_CASE("a file's bytes are sent as they are") {
  Plan plan;
  plan.payload.content = std::string("a\0b", 3);
  const auto messages = make_echo_messages(plan);
  CHECK(messages->request(1, 1) == std::string_view("a\0b", 3));
  CHECK(messages->reply(1, 2) == std::string_view("a\0b", 3));
}

TEST_CASE("the reply to ECHO in any case is known, others are not") {
  Plan plan;
  plan.protocol = &line_protocol;
  plan.payload.lines = {PlannedLine("echo {seq} of {connection}")};
  const auto echo = line_protocol.make_messages(plan);
  CHECK(echo->request(3, 14) == "echo 14 of 3\r\n");
  CHECK(echo->reply(3, 14) == "+14 of 3\r\n");
  plan.payload.lines = {PlannedLine("PING")};
  const auto ping = line_protocol.make_messages(plan);
  CHECK(ping->request(3, 14) == "PING\r\n");
  CHECK(ping->reply(3, 14).empty());
}

TEST_CASE("without a template, lines have the size that is asked for and differ") {
  Plan plan;
  plan.protocol = &line_protocol;
  plan.payload.min_size = plan.payload.max_size = 20;
  const auto messages = line_protocol.make_messages(plan);
  const std::string one(messages->reply(1, 1));
  CHECK(one.size() == 1 + 20 + 2);
  CHECK(messages->reply(1, 2) != one);
  CHECK(messages->reply(2, 1) != one);
  CHECK(messages->reply(1, 1) == one);
}
