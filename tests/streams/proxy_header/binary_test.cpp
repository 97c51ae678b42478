#include <string>
#include <string_view>

#include "streams/proxy_header/crc32c.hpp"
#include "streams/proxy_header/parser.hpp"
#include "tests/catch.hpp"
#include "tests/streams/proxy_header/headers.hpp"

using proxy_header::Fault;
using proxy_header::Header;
using proxy_header::Parser;
using State = Parser::State;
using tests::binary;
using tests::inet;
using tests::inet6;
using tests::tlv;

namespace {

constexpr int local = 0x20;
constexpr int proxy = 0x21;
const std::string unix_paths(216, 'p');

struct Good {
  std::string bytes;
  Header::Kind kind;
  std::string_view source;
};

struct Bad {
  std::string bytes;
  Fault fault;
};

/// With a checksum over `size` bytes behind the TLV's head; a right one where it is `wrong` by 0.
std::string with_checksum(std::uint32_t wrong, std::size_t size = 4) {
  std::string header = binary(proxy, 0x11, inet + tlv(3, std::string(size, '\0')) + tlv(4, "xy"));
  proxy_header::Crc32c crc;
  for (const char c : header) crc.add(static_cast<std::uint8_t>(c));
  const std::uint32_t value = crc.value() + wrong;
  const std::size_t at = header.size() - tlv(4, "xy").size() - size;
  for (std::size_t i = 0; i < size && i < 4; ++i) {
    header[at + i] = static_cast<char>(value >> (24 - 8 * i));
  }
  return header;
}

}  // namespace

TEST_CASE("a binary PROXY header says who has connected", "[proxy_header]") {
  using Kind = Header::Kind;
  const std::string_view v4 = "203.0.113.7:51512";
  const std::string_view none = "unknown";
  const auto& header = GENERATE_REF(values<Good>({
      {binary(proxy, 0x11, inet), Kind::proxied, v4},
      {binary(proxy, 0x21, inet6), Kind::proxied, "[2001:db8::7]:51512"},
      {binary(proxy, 0x31, unix_paths), Kind::proxied, "unix"},
      // Datagrams, and what has no family or no transport: nobody who could be named.
      {binary(proxy, 0x12, inet), Kind::unknown, none},
      {binary(proxy, 0x22, inet6), Kind::unknown, none},
      {binary(proxy, 0x32, unix_paths), Kind::unknown, none},
      {binary(proxy, 0x00, ""), Kind::unknown, none},
      {binary(proxy, 0x00, "whatever"), Kind::unknown, none},
      {binary(proxy, 0x01, "whatever"), Kind::unknown, none},
      {binary(proxy, 0x10, "whatever"), Kind::unknown, none},
      // The proxy's own: the rest is skipped, and the family is nobody's business.
      {binary(local, 0x00, ""), Kind::local, none},
      {binary(local, 0x11, inet), Kind::local, none},
      {binary(local, 0x11, "short"), Kind::local, none},
      {binary(local, 0xFF, "whatever"), Kind::local, none},
      // TLVs.
      {binary(proxy, 0x11, inet + tlv(4, "")), Kind::proxied, v4},
      {binary(proxy, 0x11, inet + tlv(2, "example.com") + tlv(0xEE, std::string(300, 'x'))),
       Kind::proxied, v4},
      {binary(proxy, 0x21, inet6 + tlv(0x20, tlv(0x21, "TLSv1.3"))), Kind::proxied,
       "[2001:db8::7]:51512"},
      {binary(proxy, 0x31, unix_paths + tlv(5, "id")), Kind::proxied, "unix"},
      {with_checksum(0), Kind::proxied, v4},
      // As long as is allowed.
      {binary(proxy, 0x11,
              inet + tlv(4, std::string(proxy_header::max_size - 16 - inet.size() - 3, 'x'))),
       Kind::proxied, v4},
  }));
  const Parser parser = tests::parsed(header.bytes + "PING\r\n");
  CHECK(parser.state() == State::complete);
  CHECK(make_error_code(parser.fault()).message() == make_error_code(Fault::none).message());
  CHECK(parser.size() == header.bytes.size());
  CHECK(parser.header().kind == header.kind);
  CHECK(parser.header().source.to_string() == header.source);
}

TEST_CASE("a binary PROXY header says where the client had connected to", "[proxy_header]") {
  CHECK(tests::parsed(binary(proxy, 0x11, inet)).header().destination ==
        tests::endpoint("192.0.2.1:7008"));
  CHECK(tests::parsed(binary(proxy, 0x21, inet6)).header().destination ==
        tests::endpoint("[2001:db8::1]:7008"));
}

TEST_CASE("a binary PROXY header that is none is told by what is wrong with it", "[proxy_header]") {
  const auto& header = GENERATE_REF(values<Bad>({
      {"\r\n\r\n" + std::string(1, '\0') + "\r\nQUIX", Fault::no_header},
      {"\r\n\r\nQUIT\n", Fault::no_header},
      {binary(0x11, 0x11, inet), Fault::version},
      {binary(0x31, 0x11, inet), Fault::version},
      {binary(0x01, 0x11, inet), Fault::version},
      {binary(0x22, 0x11, inet), Fault::command},
      {binary(0x2F, 0x11, inet), Fault::command},
      {binary(proxy, 0x41, inet), Fault::family},
      {binary(proxy, 0xF0, ""), Fault::family},
      {binary(proxy, 0x13, inet), Fault::transport},
      {binary(proxy, 0x0F, ""), Fault::transport},
      {binary(proxy, 0x11, ""), Fault::short_addresses},
      {binary(proxy, 0x11, inet.substr(1)), Fault::short_addresses},
      {binary(proxy, 0x12, inet.substr(1)), Fault::short_addresses},
      {binary(proxy, 0x21, inet6.substr(1)), Fault::short_addresses},
      {binary(proxy, 0x31, unix_paths.substr(1)), Fault::short_addresses},
      {binary(proxy, 0x11, inet + std::string(proxy_header::max_size, 'x')), Fault::too_long},
      {binary(local, 0x00, std::string(0xFFFF, 'x')), Fault::too_long},
      {binary(proxy, 0x11, inet + "x"), Fault::tlv},
      {binary(proxy, 0x11, inet + "xy"), Fault::tlv},
      {binary(proxy, 0x11, inet + tlv(4, "xyz").substr(0, 5)), Fault::tlv},
      {binary(proxy, 0x11, inet + tlv(4, "xyz") + "x"), Fault::tlv},
      {binary(proxy, 0x12, inet + "x"), Fault::tlv},
      {binary(proxy, 0x11, inet + tests::bytes({4, 0xFF, 0xFF, 'x'})), Fault::tlv},
      {with_checksum(1), Fault::checksum},
      {with_checksum(0, 3), Fault::checksum},
      {with_checksum(0, 5), Fault::checksum},
      {binary(proxy, 0x11, inet + tlv(3, "none") + tlv(3, "none")), Fault::checksum},
  }));
  const Parser parser = tests::parsed(header.bytes + "PING\r\n");
  CHECK(parser.state() == State::malformed);
  CHECK(make_error_code(parser.fault()).message() == make_error_code(header.fault).message());
}

TEST_CASE("the checksum of a PROXY header is that of RFC 9260", "[proxy_header]") {
  proxy_header::Crc32c crc;
  for (const char c : std::string_view("123456789")) crc.add(static_cast<std::uint8_t>(c));
  CHECK(crc.value() == 0xE3069283);
}

TEST_CASE("a changed byte of a PROXY header with a checksum is noticed", "[proxy_header]") {
  const std::string good = with_checksum(0);
  for (std::size_t i = 0; i < good.size(); ++i) {
    // The command LOCAL, a family without a transport, or a TLV that is no checksum any more.
    if (i == 12 || i == 13 || i == 28) continue;
    std::string changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    INFO(i);
    CHECK(tests::parsed(changed + std::string(300, 'x')).state() == State::malformed);
  }
}

TEST_CASE("every fault of a PROXY header has words of its own", "[proxy_header]") {
  std::vector<std::string> all;
  for (int i = 0; i <= static_cast<int>(proxy_header::last_fault); ++i) {
    const std::string words = make_error_code(static_cast<Fault>(i)).message();
    CHECK(words != "unknown fault of a PROXY header");
    CHECK(std::find(all.begin(), all.end(), words) == all.end());
    all.push_back(words);
  }
}
