#include "streams/text/json.hpp"

#include "tests/catch.hpp"

using text::json_string;

namespace {

std::string json_bytes(std::string_view bytes) {
  std::string out;
  text::append_json_bytes(out, bytes);
  return out;
}

}  // namespace

TEST_CASE("a JSON string is escaped where RFC 8259 wants it, and nowhere else") {
  CHECK(json_string("plain") == R"("plain")");
  CHECK(json_string("\"\\/") == R"("\"\\/")");
  CHECK(json_string(std::string_view("\0\n\x1f\x7f", 4)) == "\"\\u0000\\u000a\\u001f\x7f\"");
}

TEST_CASE("UTF-8 stays as it is in JSON, and every byte that is none is replaced") {
  CHECK(json_string("µ€😀") == "\"µ€😀\"");
  CHECK(json_string("a\xff z") == R"("a\ufffd z")");
  CHECK(json_string("\xc2") == R"("\ufffd")");
  CHECK(json_string("\xe2\x82") == R"("\ufffd\ufffd")");
  CHECK(json_string("\xc0\x80") == R"("\ufffd\ufffd")");
  CHECK(json_string("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");
  CHECK(json_string("\xf4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");
}

TEST_CASE("bytes that are UTF-8 are that text in JSON, without what could steer a terminal") {
  CHECK(json_bytes("µ€😀") == "\"µ€😀\"");
  CHECK(json_bytes("a\"b\\c\n\x1b\x7f") == R"("a\"b\\c\u000a\u001b\u007f")");
  CHECK(json_bytes("\xc2\x80 \xc2\x9b \xc2\xa0") == "\"\\u0080 \\u009b \xc2\xa0\"");
  CHECK(json_bytes("") == R"("")");
}

TEST_CASE("bytes that are not UTF-8 are JSON in ASCII, and none of them is lost") {
  CHECK(json_bytes("\"\\\x1b[2J\xff") == R"("\"\\\u001b[2J\u00ff")");
  CHECK(json_bytes("µ\xff") == R"("\u00c2\u00b5\u00ff")");
  CHECK(json_bytes("\xe2\x82") == R"("\u00e2\u0082")");
}
