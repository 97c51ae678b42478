#include "client/command_line/proxy.hpp"

#include <string>
#include <string_view>

#include "tests/catch.hpp"

using client::command_line::parse_proxy;
using proxy_header::Version;

TEST_CASE("an option --proxy takes a version, and for whom") {
  struct Row {
    std::string_view text;
    Version version;
    std::string_view source;  // empty for none
  };
  const Row rows[] = {
      {"v1", Version::v1, ""},
      {"v2", Version::v2, ""},
      {"v1=203.0.113.7", Version::v1, "203.0.113.7:0"},
      {"v2=203.0.113.7:51512", Version::v2, "203.0.113.7:51512"},
      {"v2=2001:db8::7", Version::v2, "[2001:db8::7]:0"},
      {"v2=[2001:db8::7]", Version::v2, "[2001:db8::7]:0"},
      {"v2=[2001:db8::7]:51512", Version::v2, "[2001:db8::7]:51512"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto parsed = parse_proxy(row.text);
    CHECK(parsed.error.empty());
    CHECK(parsed.value.version == row.version);
    CHECK(parsed.value.source.has_value() == !row.source.empty());
    if (parsed.value.source) CHECK(parsed.value.source->to_string() == row.source);
  }
}

TEST_CASE("an option --proxy says what is wrong and how to write it") {
  const std::string_view how =
      " is no address; write one as 203.0.113.7, 203.0.113.7:51512 or [2001:db8::7]:51512";
  for (const std::string_view source :
       {"", "localhost", "localhost:80", "203.0.113.7:99999", "[2001:db8::7", "unix:/tmp/x"}) {
    INFO(source);
    CHECK(parse_proxy("v1=" + std::string(source)).error ==
          '"' + std::string(source) + '"' + std::string(how));
  }
  CHECK(parse_proxy("v3").error == "\"v3\" is not one of v1, v2");
  CHECK(parse_proxy("203.0.113.7").error == "\"203.0.113.7\" is not one of v1, v2");
}
