#include "streams/text/escape.hpp"

#include "tests/catch.hpp"

using text::escaped;

TEST_CASE("escaping leaves printable ASCII alone and shows every other byte in hexadecimal") {
  CHECK(escaped("GET / HTTP/1.1") == "GET / HTTP/1.1");
  CHECK(escaped("\r\n\t\x1b\x7f\x80\xff") == R"(\x0d\x0a\x09\x1b\x7f\x80\xff)");
  CHECK(escaped(std::string_view("\0", 1)) == R"(\x00)");
  CHECK(escaped("").empty());
}

TEST_CASE("nothing escaped can end its line, close its quotes or steer a terminal") {
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const std::string shown = escaped(std::string(1, static_cast<char>(byte)));
    for (const char c : shown) CHECK(text::is_printable(c));
    const bool plain = shown.size() == 1;
    CHECK(plain == (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\'));
  }
}

TEST_CASE("the quote that stands around the text is escaped, and the other one is not") {
  CHECK(escaped(R"(a"b'c\d)") == R"(a\"b'c\\d)");
  CHECK(escaped(R"(a"b'c\d)", {.quote = '\''}) == R"(a"b\'c\\d)");
}

TEST_CASE("line ends and tabs have their names where that is asked for") {
  CHECK(escaped("\r\n\t\x1b", {.named = true}) == R"(\r\n\t\x1b)");
}

TEST_CASE("bytes are written in two hexadecimal digits each") {
  CHECK(text::hex(std::string_view("\0\x7f\xab z", 5)) == "007fab207a");
  CHECK(text::hex("").empty());
}

TEST_CASE("printable text keeps its encoding and loses its control characters") {
  CHECK(text::printable("µ\x1b[2J\n\x7f") == "µ?[2J??");
  CHECK(text::printable("a\nb", ' ') == "a b");
}

TEST_CASE("text is quoted as it is") {
  CHECK(text::quoted("a b") == "\"a b\"");
  CHECK(text::quoted("") == "\"\"");
}
