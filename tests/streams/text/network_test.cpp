#include "streams/text/network.hpp"

#include <string>

#include "streams/text/network_set.hpp"
#include "tests/catch.hpp"

namespace {

text::IpAddress address(std::string_view written) {
  const auto parsed = text::parse_ip_address(written);
  INFO(written << ": " << parsed.error);
  REQUIRE(parsed);
  return parsed.value;
}

text::Network network(std::string_view written) {
  const auto parsed = text::parse_network(written);
  INFO(written << ": " << parsed.error);
  REQUIRE(parsed);
  return parsed.value;
}

text::NetworkSet set_of(std::initializer_list<std::string_view> written) {
  std::vector<text::Network> networks;
  for (const std::string_view one : written) networks.push_back(network(one));
  return text::NetworkSet(std::move(networks));
}

}  // namespace

TEST_CASE("a network is read as it is written, and written the same way") {
  struct Row {
    std::string_view written;
    std::string_view shown;
    unsigned length;
  };
  const auto row = GENERATE(values<Row>({{"192.0.2.0/24", "192.0.2.0/24", 120},
                                         {"0.0.0.0/0", "0.0.0.0/0", 96},
                                         {"192.0.2.7", "192.0.2.7", 128},
                                         {"192.0.2.7/32", "192.0.2.7", 128},
                                         {"2001:db8::/32", "2001:db8::/32", 32},
                                         {"2001:DB8:0::/32", "2001:db8::/32", 32},
                                         {"::/0", "::/0", 0},
                                         {"::1", "::1", 128},
                                         {"fe80::/10", "fe80::/10", 10},
                                         {"::ffff:192.0.2.0/120", "192.0.2.0/24", 120},
                                         {"::ffff:c000:207", "192.0.2.7", 128},
                                         {"::ffff:0:0/96", "0.0.0.0/0", 96}}));
  CHECK(to_string(network(row.written)) == row.shown);
  CHECK(network(row.written).length() == row.length);
}

TEST_CASE("what is no network says what is wrong and what to write") {
  struct Row {
    std::string_view written;
    std::string_view error;
  };
  const std::string how =
      R"(write a network, as in "192.0.2.0/24" or "2001:db8::/32", or an address)";
  const auto row = GENERATE(values<Row>({
      {"", "there is no address; "},
      {"192.0.2.7/24", R"("192.0.2.7/24" has bits set behind its prefix; write "192.0.2.0/24" for )"
                       R"(the network, or "192.0.2.7" for the address alone)"},
      {"2001:db8::7/32", R"("2001:db8::7/32" has bits set behind its prefix; write )"
                         R"("2001:db8::/32" for the network, or "2001:db8::7" for the address )"
                         R"(alone)"},
      {"::ffff:192.0.2.7/120", R"("::ffff:192.0.2.7/120" has bits set behind its prefix; write )"
                               R"("192.0.2.0/24" for the network, or "::ffff:192.0.2.7" for the )"
                               R"(address alone)"},
      {"192.0.2.0/33", R"(the prefix "33" of "192.0.2.0/33" is not a whole number from 0 to 32)"},
      {"192.0.2.0/", R"(the prefix "" of "192.0.2.0/" is not a whole number from 0 to 32)"},
      {"192.0.2.0/08", R"(the prefix "08" of "192.0.2.0/08" is not a whole number from 0 to 32)"},
      {"192.0.2.0/-1", R"(the prefix "-1" of "192.0.2.0/-1" is not a whole number from 0 to 32)"},
      {"192.0.2.0/24/8", R"(the prefix "24/8" of "192.0.2.0/24/8" is not a whole number from 0 )"
                         R"(to 32)"},
      {"192.0.2.7/255.255.255.0", R"(the prefix "255.255.255.0" of "192.0.2.7/255.255.255.0" is )"
                                  R"(not a whole number from 0 to 32; for this netmask write )"
                                  R"("192.0.2.0/24")"},
      {"192.0.2.0/255.0.255.0", R"(the prefix "255.0.255.0" of "192.0.2.0/255.0.255.0" is not a )"
                                R"(whole number from 0 to 32)"},
      {"2001:db8::/129", R"(the prefix "129" of "2001:db8::/129" is not a whole number from 0 to )"
                         R"(128)"},
      {"::ffff:0:0/90", R"(the prefix "90" of "::ffff:0:0/90" is not a whole number from 96 to )"
                        R"(128)"},
      {"[2001:db8::]/32", R"("[2001:db8::]" is not an IP address; write "2001:db8::" without )"
                          R"(brackets)"},
      {"fe80::1%eth0", R"("fe80::1%eth0" has a zone, which no network has; write "fe80::1")"},
      {"localhost", R"("localhost" is not an IP address; )"},
      {"192.0.2", R"("192.0.2" is not an IP address; )"},
      {"010.0.0.1", R"("010.0.0.1" is not an IP address; )"},
      {" 192.0.2.0/24", R"(" 192.0.2.0" is not an IP address; )"},
      {std::string_view("192.0.2.7\0", 10), ""},
  }));
  const auto parsed = text::parse_network(row.written);
  CHECK_FALSE(parsed);
  const bool goes_on = row.error.ends_with("; ");
  if (row.error.empty()) {
    CHECK_FALSE(parsed.error.empty());
  } else if (!goes_on) {
    CHECK(parsed.error == row.error);
  } else {
    CHECK(parsed.error.starts_with(std::string(row.error) + how));
  }
}

TEST_CASE("a network contains the addresses with its prefix, and none of the other family") {
  struct Row {
    std::string_view network;
    std::string_view address;
    bool contains;
  };
  const auto row = GENERATE(values<Row>({{"192.0.2.0/24", "192.0.2.0", true},
                                         {"192.0.2.0/24", "192.0.2.255", true},
                                         {"192.0.2.0/24", "192.0.3.0", false},
                                         {"192.0.2.0/24", "192.0.1.255", false},
                                         {"192.0.2.0/24", "::ffff:192.0.2.9", true},
                                         {"192.0.2.128/25", "192.0.2.127", false},
                                         {"192.0.2.128/25", "192.0.2.128", true},
                                         {"192.0.2.7", "192.0.2.7", true},
                                         {"192.0.2.7", "192.0.2.6", false},
                                         {"0.0.0.0/0", "203.0.113.9", true},
                                         {"0.0.0.0/0", "2001:db8::1", false},
                                         {"::/0", "2001:db8::1", true},
                                         {"::/0", "192.0.2.7", false},
                                         {"::/0", "::ffff:192.0.2.7", false},
                                         {"2001:db8::/32", "2001:db8:ffff::", true},
                                         {"2001:db8::/32", "2001:db9::", false},
                                         {"2001:db8::/33", "2001:db8:8000::", false}}));
  INFO(row.network << " and " << row.address);
  CHECK(network(row.network).contains(address(row.address)) == row.contains);
}

TEST_CASE("of the networks of a set that contain an address the longest prefix counts") {
  const auto set =
      set_of({"10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3", "10.9.0.0/16", "192.0.2.0/24",
              "::/0", "2001:db8::/32", "2001:db8:1::/48", "10.0.0.0/8"});
  CHECK(set.networks().size() == 9);
  struct Row {
    std::string_view address;
    unsigned length;  // as longest_match() has it; 0 with `is_in` is ::/0
    bool is_in = true;
  };
  const auto row = GENERATE(values<Row>({{"10.1.2.3", 128},
                                         {"10.1.2.4", 120},
                                         {"10.1.2.2", 120},
                                         {"10.1.3.0", 112},
                                         {"10.2.0.0", 104},
                                         {"10.9.1.1", 112},
                                         {"10.255.255.255", 104},
                                         {"11.0.0.0", 0, false},
                                         {"9.255.255.255", 0, false},
                                         {"192.0.2.200", 120},
                                         {"192.0.3.0", 0, false},
                                         {"2001:db8:1::1", 48},
                                         {"2001:db8:2::1", 32},
                                         {"2001:db9::1", 0},
                                         {"::ffff:10.1.2.3", 128}}));
  INFO(row.address);
  const auto match = set.longest_match(address(row.address));
  CHECK(match.has_value() == row.is_in);
  if (match) CHECK(*match == row.length);
  CHECK(set.contains(address(row.address)) == row.is_in);
}

TEST_CASE("an empty set contains nothing") {
  CHECK(text::NetworkSet().empty());
  CHECK_FALSE(text::NetworkSet().contains(address("192.0.2.7")));
  CHECK_FALSE(text::NetworkSet().contains(address("::")));
}
