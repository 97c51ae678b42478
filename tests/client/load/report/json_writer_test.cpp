#include "client/load/report/json_writer.hpp"

#include <limits>
#include <optional>

#include "tests/catch.hpp"

using client::load::report::JsonWriter;

namespace {

template <typename T>
std::string written(const T& value) {
  JsonWriter json;
  json.value(value);
  return json.text();
}

}  // namespace

TEST_CASE("strings are escaped") {
  CHECK(written("plain") == R"("plain")");
  CHECK(written("\"\\/") == R"("\"\\/")");
  CHECK(written(std::string("\0\n\x1f\x7f", 4)) == "\"\\u0000\\u000a\\u001f\x7f\"");
}

TEST_CASE("UTF-8 stays as it is, and every byte that is none is replaced") {
  CHECK(written("µ€😀") == "\"µ€😀\"");
  CHECK(written("a\xff z") == R"("a\ufffd z")");
  CHECK(written("\xc2") == R"("\ufffd")");
  CHECK(written("\xe2\x82") == R"("\ufffd\ufffd")");
  CHECK(written("\xc0\x80") == R"("\ufffd\ufffd")");
  CHECK(written("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");
  CHECK(written("\xf4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");
}

TEST_CASE("numbers are written so that they read back the same, and what is none as null") {
  CHECK(written(0.1) == "0.1");
  CHECK(written(1e300) == "1e+300");
  CHECK(written(std::uint64_t{18446744073709551615U}) == "18446744073709551615");
  CHECK(written(std::int64_t{-5}) == "-5");
  CHECK(written(std::numeric_limits<double>::quiet_NaN()) == "null");
  CHECK(written(std::numeric_limits<double>::infinity()) == "null");
  CHECK(written(std::optional<double>{}) == "null");
  CHECK(written(std::optional<double>{2.5}) == "2.5");
  CHECK(written(true) == "true");
}

TEST_CASE("a document has a member a line, but for what is asked to be in one") {
  JsonWriter json;
  json.begin_object();
  json.member("a", "x");
  json.key("empty");
  json.begin_array();
  json.end_array();
  json.key("flat");
  json.begin_array(JsonWriter::Layout::line);
  json.value(std::int64_t{1});
  json.begin_object();
  json.member("b", true);
  json.member("c", false);
  json.end_object();
  json.end_array();
  json.end_object();
  CHECK(json.text() ==
        "{\n"
        "  \"a\": \"x\",\n"
        "  \"empty\": [],\n"
        "  \"flat\": [1, {\"b\": true, \"c\": false}]\n"
        "}");
}

TEST_CASE("a document in one line has no line feed at all") {
  JsonWriter json(JsonWriter::Layout::line);
  json.begin_object();
  json.key("a");
  json.begin_array();
  json.value(std::int64_t{1});
  json.value(std::int64_t{2});
  json.end_array();
  json.end_object();
  CHECK(json.text() == "{\"a\": [1, 2]}");
}
