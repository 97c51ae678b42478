#include "config/document.hpp"

#include "tests/catch.hpp"

using config::Kind;
using config::Position;
using config::Value;

namespace {

Value parsed(std::string_view text) {
  config::ErrorList errors{"f"};
  auto value = config::parse_document(text, errors);
  REQUIRE(value);
  CHECK(errors.empty());
  return *value;
}

}  // namespace

TEST_CASE("a document keeps keys in the order of the file, with their places", "[document]") {
  const Value top = parsed("zebra = 7\n\n  ape = \"x\"\n[mole]\n");
  REQUIRE(top.kind == Kind::table);
  REQUIRE(top.items.size() == 3);
  CHECK(top.items[0].key == "zebra");
  CHECK(top.items[0].kind == Kind::integer);
  CHECK(top.items[0].number == 7);
  CHECK(top.items[0].key_at == Position{1, 1});
  CHECK(top.items[0].at == Position{1, 9});
  CHECK(top.items[1].key == "ape");
  CHECK(top.items[1].text == "x");
  CHECK(top.items[1].key_at == Position{3, 3});
  CHECK(top.items[1].at == Position{3, 9});
  CHECK(top.items[2].kind == Kind::table);
  CHECK(top.items[2].at == Position{4, 1});
}

TEST_CASE("each of TOML's types is told apart", "[document]") {
  const Value top = parsed(
      "a = ''\nb = 1\nc = 1.5\nd = true\ne = 2026-11-21\nf = 07:30:00\n"
      "g = 2026-11-21T07:30:00Z\nh = []\ni = {}\n");
  const Kind kinds[] = {Kind::string,    Kind::integer,   Kind::floating,
                        Kind::boolean,   Kind::date_time, Kind::date_time,
                        Kind::date_time, Kind::array,     Kind::table};
  REQUIRE(top.items.size() == std::size(kinds));
  for (std::size_t i = 0; i < top.items.size(); ++i) {
    INFO(top.items[i].key);
    CHECK(top.items[i].kind == kinds[i]);
  }
}

TEST_CASE("each table of an array begins at its own header", "[document]") {
  const Value top = parsed("[[x]]\na = 1\n\n[[x]]\na = 2\n");
  REQUIRE(top.items.size() == 1);
  REQUIRE(top.items[0].items.size() == 2);
  CHECK(top.items[0].items[0].at == Position{1, 1});
  CHECK(top.items[0].items[1].at == Position{4, 1});
  CHECK(top.items[0].items[1].items.at(0).number == 2);
}

TEST_CASE("text that is not TOML is one error at its place", "[document]") {
  config::ErrorList errors{"f"};
  CHECK_FALSE(config::parse_document("a = 1\nb = = 2\n", errors));
  const auto taken = errors.take();
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].at == Position{2, 5});
  CHECK_FALSE(taken[0].what.empty());
}

TEST_CASE("deep nesting is cut off, not followed", "[document]") {
  const Value top = parsed("a = " + std::string(15, '[') + std::string(15, ']'));
  int depth = 0;
  for (const Value* value = &top; !value->items.empty(); value = &value->items[0]) ++depth;
  CHECK(depth == 8);

  config::ErrorList errors{"f"};
  CHECK_FALSE(
      config::parse_document("a = " + std::string(100, '[') + std::string(100, ']'), errors));
  CHECK(errors.take().size() == 1);
}

TEST_CASE("no line may be long enough to nest without bound", "[document]") {
  std::string deep = "a";
  while (deep.size() < 500'000) deep += ".a";
  for (const std::string& text : {"# first\n" + deep + " = 1\n", "\n[" + deep + "]"}) {
    config::ErrorList errors{"f"};
    CHECK_FALSE(config::parse_document(text, errors));
    const auto taken = errors.take();
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].at == Position{2, 1});
    CHECK(taken[0].what.starts_with("this line has 5000"));
  }
  CHECK(parsed("#" + std::string(1023, 'x') + "\n#" + std::string(1023, 'x')).items.empty());
  config::ErrorList errors{"f"};
  CHECK_FALSE(config::parse_document("#" + std::string(1024, 'x'), errors));
  CHECK(errors.take().at(0).what == "this line has 1025 bytes; at most 1024 are allowed");
}
