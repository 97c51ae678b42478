#include "streams/text/json_value.hpp"

#include "streams/text/json.hpp"
#include "tests/catch.hpp"

using text::JsonValue;
using text::parse_json;
using Kind = JsonValue::Kind;

namespace {

std::string string_in(const std::string& json) {
  const auto parsed = parse_json(json);
  CHECK(parsed.error.empty());
  CHECK(parsed.value.kind == Kind::string);
  return parsed.value.string;
}

}  // namespace

TEST_CASE("a document of JSON is read with all that it has") {
  const auto parsed =
      parse_json(" {\"a\": [1, -2.5e3, true, false, null, []], \"b\": {\"c\": \"d\"}, \"a\": 7}\n");
  REQUIRE(parsed.error.empty());
  REQUIRE(parsed.value.kind == Kind::object);
  const JsonValue* const a = parsed.value.find("a");
  REQUIRE(a != nullptr);
  REQUIRE(a->items.size() == 6);
  CHECK(a->items[0].number == 1);
  CHECK(a->items[1].number == -2500);
  CHECK(a->items[2].truth);
  CHECK(a->items[3].kind == Kind::truth);
  CHECK(a->items[4].kind == Kind::null);
  CHECK(a->items[5].kind == Kind::array);
  const JsonValue* const b = parsed.value.find("b");
  REQUIRE(b != nullptr);
  REQUIRE(b->find("c") != nullptr);
  CHECK(b->find("c")->string == "d");
  CHECK(b->find("e") == nullptr);
}

TEST_CASE("a string is what its escapes mean") {
  CHECK(string_in(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(string_in(R"("\u0041\u00e9\u20ac\ud83d\ude00")") == "A\u00e9\u20ac\U0001f600");
  // Half a pair is no character.
  CHECK(string_in(R"("\ud83dx")") == "\ufffdx");
  CHECK(string_in(R"("\ud83d\u0041")") == "\ufffdA");
  CHECK(string_in(R"("\u0000")") == std::string(1, '\0'));
}

TEST_CASE("what was written as a string is read as it was") {
  std::string all;
  for (char32_t i = 1; i < 0x300; ++i) all += static_cast<char>(i < 0x80 ? i : 'x');
  all += "\u00e9 \U0001f600";
  CHECK(string_in(text::json_string(all)) == all);
}

TEST_CASE("what is no JSON is refused, with the place") {
  const auto error = [](const std::string& json) { return parse_json(json).error; };
  CHECK(error("") == "line 1, column 1: there is no value here");
  CHECK(error("{\n  \"a\": }") == "line 2, column 8: there is no value here");
  CHECK(error("[1 2]") == "line 1, column 4: a comma or ] is missing");
  CHECK(error("{\"a\" 1}") == "line 1, column 6: a colon is missing");
  CHECK(error("{a: 1}") == "line 1, column 2: the name of a member is missing");
  CHECK(error("{\"a\": 1") == "line 1, column 8: a comma or } is missing");
  CHECK(error("{} {}") == "line 1, column 4: something stands behind the value");
  CHECK(error("\"a") == "line 1, column 3: a string does not end");
  CHECK(error("\"\\x\"") == "line 1, column 2: an escape that there is not");
  CHECK(error("\"\\u12\"") == "line 1, column 2: an escape that there is not");
  CHECK(error("\"\n\"") == "line 1, column 2: a control character in a string");
}

TEST_CASE("what only looks like a number is none") {
  for (const char* const json : {"01", "1.", ".5", "+1", "1e", "inf", "nan", "-", "0x1"}) {
    CAPTURE(json);
    CHECK_FALSE(parse_json(json).error.empty());
  }
}

TEST_CASE("what is too deep is refused before the stack ends") {
  const std::string deep(text::deepest_json, '[');
  CHECK(parse_json(deep + std::string(text::deepest_json, ']')).error.empty());
  CHECK(parse_json(deep + "[").error == "line 1, column 65: this is too deep");
  CHECK_FALSE(parse_json(std::string(1'000'000, '[')).error.empty());
}
