#include "client/connect/crlf.hpp"

#include "tests/catch.hpp"

using client::connect::Crlf;

TEST_CASE("a line feed becomes carriage return and line feed") {
  Crlf crlf;
  CHECK(crlf.translate("a\n\nb") == "a\r\n\r\nb");
  CHECK(crlf.translate("") == "");
}

TEST_CASE("what ends with carriage return and line feed stays as it is, also cut in two") {
  Crlf crlf;
  CHECK(crlf.translate("a\r\nb\r") == "a\r\nb\r");
  CHECK(crlf.translate("\nc\n") == "\nc\r\n");
}
