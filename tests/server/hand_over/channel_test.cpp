// A Channel: frames with bytes and descriptors from one process to another.
#include "server/hand_over/channel.hpp"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <future>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "tests/catch.hpp"

using server::hand_over::Channel;
using streams::UniqueFd;
using namespace std::chrono_literals;

namespace {

constexpr Channel::Most plenty{std::size_t{64} << 20, 10'000};

Channel::Clock::time_point soon() { return Channel::Clock::now() + 60s; }

struct Ends {
  Ends() {
    std::array<int, 2> fds{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) == 0);
    raw = fds[0];
    sender = std::make_unique<Channel>(UniqueFd(fds[0]));
    receiver = std::make_unique<Channel>(UniqueFd(fds[1]));
  }
  /// Sends what is no frame.
  void send_raw(std::string_view bytes) const {
    REQUIRE(::send(raw, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  }

  int raw = -1;  // the sender's
  std::unique_ptr<Channel> sender;
  std::unique_ptr<Channel> receiver;
};

ino_t file_of(int fd) {
  struct stat status {};
  REQUIRE(::fstat(fd, &status) == 0);
  return status.st_ino;
}

/// Read ends of as many pipes, each a file of its own.
std::vector<UniqueFd> pipes(std::size_t count) {
  std::vector<UniqueFd> all;
  while (all.size() < count) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    all.emplace_back(ends[0]);
    ::close(ends[1]);
  }
  return all;
}

std::vector<int> numbers(const std::vector<UniqueFd>& all) {
  std::vector<int> numbers;
  for (const UniqueFd& fd : all) numbers.push_back(fd.get());
  return numbers;
}

/// One descriptor, with a byte.
void send_one(int socket, int descriptor) {
  char byte = 'd';
  iovec data{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptor)> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
  REQUIRE(::sendmsg(socket, &message, 0) == 1);
}

}  // namespace

TEST_CASE("a frame brings its bytes, and its descriptors in their order", "[channel]") {
  Ends ends;
  const std::string bytes(5'000'000, 'r');
  const std::vector<UniqueFd> sent = pipes(300);
  auto sending = std::async(std::launch::async,
                            [&] { return ends.sender->send(7, bytes, numbers(sent), soon()); });
  Channel::Frame frame;
  REQUIRE_FALSE(ends.receiver->receive(frame, plenty, soon()));
  CHECK_FALSE(sending.get());
  CHECK(frame.kind == 7);
  CHECK((frame.bytes == bytes));
  REQUIRE(frame.descriptors.size() == sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    CHECK(file_of(frame.descriptors[i].get()) == file_of(sent[i].get()));
    CHECK((::fcntl(frame.descriptors[i].get(), F_GETFD) & FD_CLOEXEC) != 0);
  }
}

TEST_CASE("frames follow one another, empty ones too", "[channel]") {
  Ends ends;
  CHECK_FALSE(ends.sender->send(1, "", {}, soon()));
  CHECK_FALSE(ends.sender->send(2, "two", {}, soon()));
  CHECK_FALSE(ends.receiver->send(3, "back", {}, soon()));
  Channel::Frame frame;
  CHECK_FALSE(ends.receiver->receive(frame, plenty, soon()));
  CHECK(frame.kind == 1);
  CHECK(frame.bytes.empty());
  CHECK_FALSE(ends.receiver->receive(frame, plenty, soon()));
  CHECK(frame.bytes == "two");
  CHECK_FALSE(ends.sender->receive(frame, plenty, soon()));
  CHECK(frame.bytes == "back");
}

TEST_CASE("nothing is waited for beyond its deadline, in either direction", "[channel]") {
  Ends ends;
  Channel::Frame frame;
  CHECK(ends.receiver->receive(frame, plenty, Channel::Clock::now() + 20ms) ==
        std::errc::timed_out);
  const std::string bytes(50'000'000, 'r');
  CHECK(ends.sender->send(7, bytes, {}, Channel::Clock::now() + 20ms) == std::errc::timed_out);
}

TEST_CASE("a sender that ends before its frame is told, and one that never began", "[channel]") {
  Ends ends;
  ends.sender.reset();
  Channel::Frame frame;
  CHECK(ends.receiver->receive(frame, plenty, soon()) == std::errc::connection_reset);
  Ends others;
  others.send_raw("echoHAND");
  others.sender.reset();
  CHECK(others.receiver->receive(frame, plenty, soon()) == std::errc::connection_reset);
}

TEST_CASE("of a sender that ends among its descriptors one has the bytes, and those that came",
          "[channel]") {
  Ends ends;
  const auto sent = pipes(1);
  // A frame of two whose second descriptor never comes.
  struct {
    std::array<char, 8> magic{'e', 'c', 'h', 'o', 'H', 'A', 'N', 'D'};
    std::uint16_t version = 1;
    std::uint16_t kind = 7;
    std::uint32_t descriptors = 2;
    std::uint64_t bytes = 5;
  } const head;
  ends.send_raw({reinterpret_cast<const char*>(&head), sizeof head});
  ends.send_raw("bytes");
  send_one(ends.raw, sent[0].get());
  ends.sender.reset();
  Channel::Frame frame;
  CHECK(ends.receiver->receive(frame, plenty, soon()) == std::errc::connection_reset);
  CHECK(frame.kind == 7);
  CHECK(frame.bytes == "bytes");
  REQUIRE(frame.descriptors.size() == 1);
  CHECK(file_of(frame.descriptors[0].get()) == file_of(sent[0].get()));
}

TEST_CASE("what is no frame, or more than the receiver takes, is refused", "[channel]") {
  Channel::Frame frame;
  {
    Ends ends;
    ends.send_raw("GET / HTTP/1.0\r\nHost: example\r\n\r\n");
    CHECK(ends.receiver->receive(frame, plenty, soon()) == std::errc::bad_message);
  }
  {
    Ends ends;
    CHECK_FALSE(ends.sender->send(7, "four", {}, soon()));
    CHECK(ends.receiver->receive(frame, {3, 0}, soon()) == std::errc::bad_message);
    CHECK(frame.bytes.empty());
  }
  {
    Ends ends;
    const auto sent = pipes(2);
    CHECK_FALSE(ends.sender->send(7, "", numbers(sent), soon()));
    CHECK(ends.receiver->receive(frame, {0, 1}, soon()) == std::errc::bad_message);
    CHECK(frame.descriptors.empty());
  }
}

TEST_CASE("a process of our own user is trusted", "[channel]") {
  const Ends ends;
  CHECK(ends.sender->is_trusted());
}
