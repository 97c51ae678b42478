#include "streams/text/socket_option.hpp"

#include <cerrno>

#include "tests/catch.hpp"

using text::format_dscp;
using text::option_remedy;
using text::parse_dscp;

TEST_CASE("a code point is a number or a name", "[socket_option]") {
  struct Row {
    const char* text;
    unsigned value;
  };
  for (const Row& row : {Row{"0", 0},
                         {"63", 63},
                         {"46", 46},
                         {"ef", 46},
                         {"cs0", 0},
                         {"cs1", 8},
                         {"cs7", 56},
                         {"af11", 10},
                         {"af41", 34},
                         {"af43", 38},
                         {"va", 44},
                         {"le", 1}}) {
    INFO(row.text);
    const auto parsed = parse_dscp(row.text);
    CHECK(parsed.error.empty());
    CHECK(parsed.value == row.value);
  }
  for (const char* text :
       {"", "64", "-1", "+1", "EF", "af14", "af51", "cs8", "ef ", "0x2e", "1.5"}) {
    INFO(text);
    CHECK(parse_dscp(text).error.find("is not a code point; write 0 to 63") != std::string::npos);
  }
}

TEST_CASE("a code point is written by its name, and read again", "[socket_option]") {
  CHECK(format_dscp(46) == "ef");
  CHECK(format_dscp(0) == "cs0");
  CHECK(format_dscp(45) == "45");
  for (unsigned dscp = 0; dscp < 64; ++dscp) CHECK(parse_dscp(format_dscp(dscp)).value == dscp);
}

TEST_CASE("what to do fits the option and the error", "[socket_option]") {
  struct Row {
    const char* option;
    int error;
    const char* part;  // of the remedy; nullptr for none
  };
  for (const Row& row : {Row{"device", ENODEV, "ip link"},
                         {"device", EPERM, "CAP_NET_RAW"},
                         {"device", EIO, nullptr},
                         {"mss", EPERM, nullptr},
                         {"mss", ENOPROTOOPT, "leave it out"},
                         {"keepalive", EOPNOTSUPP, "leave it out"}}) {
    const std::string remedy = option_remedy(row.option, row.error);
    INFO(row.option << ' ' << row.error << ": " << remedy);
    CHECK(remedy.empty() == (row.part == nullptr));
    if (row.part != nullptr) CHECK(remedy.find(row.part) != std::string::npos);
  }
}
