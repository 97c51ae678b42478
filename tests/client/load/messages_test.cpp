#include "client/load/messages.hpp"

#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/load/echo_messages.hpp"
#include "tests/catch.hpp"

using client::load::EchoMessages;
using client::load::line_protocol;
using client::load::make_echo_messages;
using client::load::Messages;
using client::load::Plan;
using client::load::PlannedLine;

namespace {

constexpr std::size_t much_room = std::numeric_limits<std::size_t>::max();

std::unique_ptr<Messages> lines(std::vector<PlannedLine> planned) {
  Plan plan;
  plan.protocol = &line_protocol;
  plan.payload.lines = std::move(planned);
  return line_protocol.make_messages(plan);
}

std::vector<std::unique_ptr<Messages>> small_messages() {
  std::vector<std::unique_ptr<Messages>> all;
  for (const auto& [least, most] : {std::pair{64, 64}, {16, 16}, {1, 1}, {15, 15}, {3, 40}}) {
    all.push_back(std::make_unique<EchoMessages>(least, most, 1));
  }
  all.push_back(
      lines({PlannedLine("ECHO {seq} of {connection}, {random:20}"), PlannedLine("ECHO a")}));
  return all;
}

}  // namespace

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

TEST_CASE("a batch is the messages that are handed out singly, one behind the other") {
  for (const auto& messages : small_messages()) {
    for (const std::uint64_t first : {0U, 9U, 12'345U}) {
      const auto [sent, requests] = messages->requests(7, first, 13);
      CHECK(sent == 13);
      const std::string got(requests);
      std::string expected;
      for (std::uint64_t i = first; i < first + 13; ++i) expected += messages->request(7, i);
      CHECK(got == expected);
      const auto [known, replies] = messages->replies(7, first, 13, much_room);
      CHECK(known == 13);
      const std::string back(replies);
      expected.clear();
      for (std::uint64_t i = first; i < first + 13; ++i) expected += messages->reply(7, i);
      CHECK(back == expected);
    }
  }
}

TEST_CASE("a batch has whole messages only, as many as there is room for") {
  for (const auto& messages : small_messages()) {
    const std::size_t two = messages->reply(7, 0).size() + messages->reply(7, 1).size();
    CHECK(messages->replies(7, 0, 13, two).count == 2);
    CHECK(messages->replies(7, 0, 13, two).bytes.size() == two);
    CHECK(messages->replies(7, 0, 13, two - 1).count == 1);
    CHECK(messages->replies(7, 0, 13, 0).count == 0);
    CHECK(messages->replies(7, 0, 1, much_room).count == 1);
  }
}

TEST_CASE("large messages and replies that are not known are no batches") {
  EchoMessages large(64, 100'000, 1);
  CHECK(large.requests(1, 0, 2).count == 0);
  CHECK(large.replies(1, 0, 2, much_room).count == 0);
  const auto ping = lines({PlannedLine("PING")});
  CHECK(ping->requests(1, 0, 2).bytes == "PING\r\nPING\r\n");
  CHECK(ping->replies(1, 0, 2, much_room).count == 0);
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
