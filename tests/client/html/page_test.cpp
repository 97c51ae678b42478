#include "client/html/page.hpp"

#include "tests/catch.hpp"

using client::html::escaped;
using client::html::page;

TEST_CASE("what has a meaning in HTML has none after it was escaped") {
  CHECK(escaped("<b a=\"1\" b='2'>&amp;") == "&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;amp;");
  CHECK(escaped("two\nlines, \u00e9 \u20ac") == "two\nlines, \u00e9 \u20ac");
}

TEST_CASE("bytes that HTML has no room for become U+FFFD") {
  CHECK(escaped(std::string_view("a\0b", 3)) == "a\ufffdb");
  CHECK(escaped("\x1b[31m\x7f") == "\ufffd[31m\ufffd");
  CHECK(escaped("\u009b") == "\ufffd");
  // No character, half of one, and one that hides a sign.
  CHECK(escaped("\xff<") == "\ufffd&lt;");
  CHECK(escaped("\xe2\x82") == "\ufffd\ufffd");
  CHECK(escaped("\xc0\xbc") == "\ufffd\ufffd");
}

TEST_CASE("a page has all of it in one file") {
  const std::string text = page("a < b", "<p>body</p>\n");
  CHECK(text.starts_with("<!DOCTYPE html>\n"));
  CHECK(text.find("<title>a &lt; b</title>") != std::string::npos);
  CHECK(text.find("\n<p>body</p>\n</body>") != std::string::npos);
  CHECK(text.find(client::html::style) != std::string::npos);
  for (const char* const other : {"http:", "https:", "url(", "@import", "<script", "src="}) {
    CAPTURE(other);
    CHECK(text.find(other) == std::string::npos);
  }
}
