#include "server/admission/access.hpp"

#include <initializer_list>
#include <vector>

#include "streams/address.hpp"
#include "tests/catch.hpp"

namespace {

text::NetworkSet networks(std::initializer_list<std::string_view> written) {
  std::vector<text::Network> all;
  for (const std::string_view one : written) {
    const auto parsed = text::parse_network(one);
    REQUIRE(parsed);
    all.push_back(parsed.value);
  }
  return text::NetworkSet(std::move(all));
}

}  // namespace

TEST_CASE("the longest prefix of both lists decides, of two equal ones the one that denies",
          "[access]") {
  using List = std::initializer_list<std::string_view>;
  struct Row {
    List allow;
    List deny;
    std::string_view address;
    bool is_allowed;
  };
  const List none{};
  const List ten{"10.0.0.0/8"};
  const List nested{"10.0.0.0/8", "10.1.2.0/24"};
  const List part{"10.1.0.0/16"};
  const List loopback{"127.0.0.0/8", "::1"};
  const List all{"0.0.0.0/0", "::/0"};
  const List all_v6{"::/0"};
  const List site{"2001:db8::/32"};
  const List host{"2001:db8::7"};
  const std::vector<Row> rows{
      {none, none, "192.0.2.7", true},
      {none, none, "2001:db8::7", true},
      // Only deny: everybody else.
      {none, ten, "10.1.2.3", false},
      {none, ten, "::ffff:10.1.2.3", false},
      {none, ten, "11.0.0.1", true},
      {none, ten, "2001:db8::7", true},
      // Only allow: nobody else.
      {ten, none, "10.1.2.3", true},
      {ten, none, "::ffff:10.1.2.3", true},
      {ten, none, "11.0.0.1", false},
      {ten, none, "2001:db8::7", false},
      {loopback, none, "127.9.9.9", true},
      {loopback, none, "::1", true},
      {loopback, none, "::2", false},
      // Both: the longer prefix.
      {ten, part, "10.2.0.1", true},
      {ten, part, "10.1.0.1", false},
      {nested, part, "10.1.2.3", true},
      {nested, part, "10.1.3.3", false},
      {part, ten, "10.1.0.1", true},
      {part, ten, "10.2.0.1", false},
      {part, ten, "192.0.2.7", false},
      {host, site, "2001:db8::7", true},
      {host, site, "2001:db8::8", false},
      // Equal ones: deny.
      {ten, ten, "10.1.2.3", false},
      {ten, ten, "11.0.0.1", false},
      {all, site, "2001:db8::7", false},
      {all, site, "2001:db9::7", true},
      {all, site, "192.0.2.7", true},
      {all, all_v6, "2001:db9::7", false},
      {all, all_v6, "192.0.2.7", true},
      {all, all_v6, "::ffff:192.0.2.7", true},
  };
  for (const Row& row : rows) {
    INFO("row " << &row - rows.data() << ": " << row.address);
    config::Access access;
    access.allow = networks(row.allow);
    access.deny = networks(row.deny);
    const auto address = text::parse_ip_address(row.address);
    REQUIRE(address);
    CHECK(server::admission::is_allowed(access, address.value) == row.is_allowed);
    const auto peer = streams::Endpoint::of_literal(streams::HostPort(std::string(row.address), 7));
    REQUIRE(peer);
    CHECK(server::admission::is_allowed(access, *peer) == row.is_allowed);
  }
}

TEST_CASE("whoever has no IP address is let in", "[access]") {
  config::Access access;
  access.allow = networks({"192.0.2.7"});
  access.deny = networks({"0.0.0.0/0", "::/0"});
  sockaddr_storage of_unix{};
  of_unix.ss_family = AF_UNIX;
  CHECK(server::admission::is_allowed(access, streams::Endpoint(of_unix)));
}
