// Records: what one process writes the next reads, and nothing else.
#include "server/hand_over/record.hpp"

#include <fstream>
#include <iterator>
#include <netinet/in.h>
#include <string>

#include "streams/address.hpp"
#include "tests/catch.hpp"

using namespace server::hand_over;
using namespace std::chrono_literals;
using Clock = Record::Clock;

namespace {

streams::Endpoint endpoint(const char* host, std::uint16_t port) {
  return streams::Endpoint::of_literal(streams::HostPort{host, port}).value();
}

/// With something in every place.
Record full() {
  Record record;
  record.id = 0x1122334455667788;
  record.listener = "line on the inside";
  record.started = Clock::time_point(3h + 4ms);
  record.last_activity = Clock::time_point(3h + 5s);
  record.progress = 77;
  record.stalled = 16us;
  record.phase = Phase::close;
  record.cause = "peer-closed";
  record.is_quiet = true;
  record.has_spoken = true;
  record.limits.idle_timeout = 600s;
  record.limits.first_byte_timeout = 1s;
  record.limits.line_timeout = 2s;
  record.limits.drain_timeout = 3s;
  record.limits.max_session_time = 4s;
  record.limits.close_timeout = 5s;
  record.limits.min_close_rate = 6;
  record.limits.receive_rate = 7;
  record.limits.send_rate = 8;
  record.limits.high_water = 65536;
  record.limits.low_water = 16384;
  record.protocol = "line";
  record.part = std::string_view("\0part", 5);
  record.proxy = endpoint("192.0.2.1", 443);
  record.proxy_header = 52;
  record.connection.peer = endpoint("2001:db8::7", 51512);
  record.connection.bytes_received = 1000;
  record.connection.bytes_sent = 2000;
  record.connection.unread = "half a li";
  record.connection.unsent = "+PONG\r\n";
  record.connection.is_proxied = true;
  record.connection.peer_has_ended = true;
  record.connection.is_ended = true;
  record.connection.is_closing = true;
  return record;
}

/// With nothing in any place that may be empty.
Record least() {
  Record record;
  record.listener = "echo";
  record.protocol = "echo";
  return record;
}

std::string written(const Record& record) {
  std::string bytes;
  write_record(record, bytes);
  return bytes;
}

void check_same(const Record& got, const Record& want) {
  CHECK(got.id == want.id);
  CHECK(got.listener == want.listener);
  CHECK(got.started == want.started);
  CHECK(got.last_activity == want.last_activity);
  CHECK(got.progress == want.progress);
  CHECK(got.stalled == want.stalled);
  CHECK(got.phase == want.phase);
  CHECK(got.cause == want.cause);
  CHECK(got.is_quiet == want.is_quiet);
  CHECK(got.has_spoken == want.has_spoken);
  CHECK(got.limits == want.limits);
  CHECK(got.protocol == want.protocol);
  CHECK(got.part == want.part);
  CHECK(got.proxy == want.proxy);
  CHECK(got.proxy_header == want.proxy_header);
  CHECK(got.connection.peer == want.connection.peer);
  CHECK(got.connection.bytes_received == want.connection.bytes_received);
  CHECK(got.connection.bytes_sent == want.connection.bytes_sent);
  CHECK(got.connection.unread == want.connection.unread);
  CHECK(got.connection.unsent == want.connection.unsent);
  CHECK(got.connection.is_proxied == want.connection.is_proxied);
  CHECK(got.connection.is_in_overrun == want.connection.is_in_overrun);
  CHECK(got.connection.peer_has_ended == want.connection.peer_has_ended);
  CHECK(got.connection.is_ended == want.connection.is_ended);
  CHECK(got.connection.is_fin_sent == want.connection.is_fin_sent);
  CHECK(got.connection.has_lost == want.connection.has_lost);
  CHECK(got.connection.is_closing == want.connection.is_closing);
}

void check_read_as_the_same(const Record& record) {
  REQUIRE(fits(record));
  const std::string bytes = written(record) + "and another";
  const ReadRecord read = read_record(bytes);
  CHECK(read.wrong.empty());
  CHECK(read.size == bytes.size() - 11);
  check_same(read.record, record);
}

/// Of pairs of hexadecimal digits with any space between them; `#` begins a comment.
std::string golden(const std::string& name) {
  std::ifstream file(std::string(ECHOLINE_GOLDEN) + "/" + name);
  REQUIRE(file);
  std::string bytes;
  for (std::string line; std::getline(file, line);) {
    line = line.substr(0, line.find('#'));
    for (std::size_t i = 0; i + 1 < line.size(); i += 2) {
      while (i < line.size() && line[i] == ' ') ++i;
      if (i + 1 < line.size()) {
        bytes.push_back(static_cast<char>(std::stoi(line.substr(i, 2), nullptr, 16)));
      }
    }
  }
  return bytes;
}

}  // namespace

TEST_CASE("what is written is read as the same", "[record]") {
  check_read_as_the_same(full());
  check_read_as_the_same(least());
}

TEST_CASE("every flag is its own", "[record]") {
  using streams::ConnectionState;
  for (const auto flag :
       {&ConnectionState::is_proxied, &ConnectionState::is_in_overrun,
        &ConnectionState::peer_has_ended, &ConnectionState::is_ended, &ConnectionState::is_fin_sent,
        &ConnectionState::has_lost, &ConnectionState::is_closing}) {
    Record record = least();
    record.connection.*flag = true;
    check_read_as_the_same(record);
  }
  for (const auto flag : {&Record::is_quiet, &Record::has_spoken}) {
    Record record = least();
    record.*flag = true;
    check_read_as_the_same(record);
  }
}

TEST_CASE("every kind of peer is read as the same", "[record]") {
  sockaddr_storage unix_peer{};
  unix_peer.ss_family = AF_UNIX;
  sockaddr_storage with_zone{};
  auto& v6 = reinterpret_cast<sockaddr_in6&>(with_zone);
  v6.sin6_family = AF_INET6;
  v6.sin6_addr.s6_addr[0] = 0xfe;
  v6.sin6_addr.s6_addr[1] = 0x80;
  v6.sin6_scope_id = 3;
  for (const streams::Endpoint& peer :
       {endpoint("192.0.2.7", 7), endpoint("0.0.0.0", 0), endpoint("::", 65535),
        streams::Endpoint(with_zone), streams::Endpoint(unix_peer), streams::Endpoint()}) {
    Record record = least();
    record.connection.peer = peer;
    check_read_as_the_same(record);
  }
}

TEST_CASE("a record that is cut off anywhere is refused", "[record]") {
  for (const Record& record : {full(), least()}) {
    const std::string bytes = written(record);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      INFO("after " << size << " bytes");
      CHECK(read_record(std::string_view(bytes).substr(0, size)).wrong == "it is cut off");
    }
  }
}

TEST_CASE("a record with a length that is not its own is refused, whichever it is", "[record]") {
  const std::string bytes = written(full());
  // The record's, then those of its sections.
  std::size_t lengths = 0;
  for (std::size_t at = 0; at < bytes.size(); ++lengths) {
    const std::size_t place = lengths == 0 ? 0 : at + 2;
    const auto length = static_cast<std::uint8_t>(bytes[place]);
    for (const int wrong : {0, 1, length - 1, length + 1, 255}) {
      if (wrong == length) continue;
      std::string changed = bytes + std::string(512, '\0');
      changed[place] = static_cast<char>(wrong);
      INFO("length " << lengths << " is " << wrong << " and not " << int{length});
      CHECK_FALSE(read_record(changed).wrong.empty());
    }
    std::string changed = bytes;
    changed[place + 3] = '\x7f';
    CHECK_FALSE(read_record(changed).wrong.empty());
    at = lengths == 0 ? 6 : at + 6 + length;
  }
  CHECK(lengths == 11);
}

TEST_CASE("a record of another version is refused, and the reason names both", "[record]") {
  std::string bytes = written(full());
  bytes[4] = 7;
  CHECK(read_record(bytes).wrong == "its version is 7, and this program reads 1");
  bytes[4] = 0;
  CHECK(read_record(bytes).wrong == "its version is 0, and this program reads 1");
}

TEST_CASE("a record says what is wrong with it", "[record]") {
  Record record = least();
  record.limits.low_water = record.limits.high_water + 1;
  CHECK(read_record(written(record)).wrong == "its section 4 is not as it must be");
  record = least();
  record.stalled = -1ns;
  CHECK(read_record(written(record)).wrong == "its section 1 is not as it must be");
  record = least();
  record.limits.idle_timeout = -1ms;
  CHECK(read_record(written(record)).wrong == "its section 4 is not as it must be");
  std::string bytes = written(least());
  bytes.replace(6, 2, "\x0b", 2);
  CHECK(read_record(bytes).wrong == "its section 11 is unknown, or not in its place");
  bytes.replace(6, 2, "\x02", 2);
  CHECK(read_record(bytes).wrong == "its section 1 is missing");
}

TEST_CASE("no single byte that is changed makes a record that is written otherwise", "[record]") {
  const std::string bytes = written(full());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const int bits : {0x01, 0x80, 0xff}) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ bits);
      const ReadRecord read = read_record(changed);
      if (!read.wrong.empty()) continue;
      INFO("byte " << at);
      CHECK((written(read.record) == changed));
    }
  }
}

TEST_CASE("what is longer than it may be has no record", "[record]") {
  const std::string name(max_name + 1, 'n');
  Record record = least();
  CHECK(fits(record));
  record.listener = name;
  CHECK_FALSE(fits(record));
  record = least();
  const std::string part(max_part + 1, 'p');
  record.part = part;
  CHECK_FALSE(fits(record));
  CHECK_FALSE(read_record(written(record)).wrong.empty());
  record = least();
  const std::string unread(max_unread + 1, 'u');
  record.connection.unread = unread;
  CHECK_FALSE(fits(record));
}

TEST_CASE("version 1 is read and written as it was when it came to be", "[record]") {
  const std::string bytes = golden("record_1.hex");
  const ReadRecord read = read_record(bytes);
  REQUIRE(read.wrong.empty());
  check_same(read.record, full());
  CHECK(written(full()) == bytes);
}
