#include "client/measure/base64.hpp"

#include "tests/catch.hpp"

using client::measure::base64;

TEST_CASE("base64 of RFC 4648's examples") {
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("fooba") == "Zm9vYmE=");
  CHECK(base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("base64 of bytes beyond ASCII") { CHECK(base64("\xff\xfe\xfb\xff") == "//77/w=="); }
