#include "client/replies/text_reply.hpp"

#include <optional>
#include <string>
#include <vector>

#include "client/replies/pattern.hpp"
#include "tests/catch.hpp"

using client::replies::Pattern;
using client::replies::ReplyRule;
using client::replies::TextReply;

namespace {

/// The texts of the replies that `bytes` are, taken in pieces of this size.
std::vector<std::string> replies_in(std::string_view bytes, const ReplyRule& rule,
                                    std::size_t piece) {
  std::vector<std::string> all;
  TextReply reply;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    std::string_view data = bytes.substr(at, piece);
    while (!data.empty()) {
      data.remove_prefix(reply.take(rule, data));
      if (reply.is_complete()) all.emplace_back(reply.text());
    }
  }
  return all;
}

}  // namespace

TEST_CASE("a reply ends with the line that the pattern of the last one is in") {
  const Pattern last("^[0-9]{3} ");
  const Pattern any(".");
  const ReplyRule rule{.last = &last, .text = &any};
  const std::string bytes = "250-one\r\n250-two\n250 three\r\n354 go\r\n250-half";
  for (const std::size_t piece : {1U, 2U, 7U, 100U}) {
    CHECK(replies_in(bytes, rule, piece) ==
          std::vector<std::string>{"250-one\n250-two\n250 three", "354 go"});
  }
}

TEST_CASE("without one it is a line, or as many as the first one says") {
  const Pattern any(".");
  const ReplyRule rule{.text = &any};
  for (const std::size_t piece : {1U, 3U, 100U}) {
    CHECK(replies_in("+a\r\n*2\r\nb\r\nc\r\n-d\n", rule, piece) ==
          std::vector<std::string>{"+a", "*2\nb\nc", "-d"});
  }
}

TEST_CASE("a reply is right when its pattern is in it, and without one unless it is an error") {
  const Pattern word("two$");
  TextReply reply;
  reply.take({.text = &word}, "one two\r\n");
  CHECK(reply.is_right({.text = &word}));
  CHECK(reply.is_right({}));
  reply.take({}, "-ERR two\n");
  CHECK(reply.is_right({.text = &word}));
  CHECK_FALSE(reply.is_right({}));
  reply.take({.text = &word}, "two one\n");
  CHECK_FALSE(reply.is_right({.text = &word}));
}

TEST_CASE("an endless line takes bounded memory and matches nothing") {
  const Pattern any(".");
  TextReply reply;
  const std::string piece(100'000, 'x');
  for (int i = 0; i < 100; ++i) CHECK(reply.take({.text = &any}, piece) == piece.size());
  CHECK_FALSE(reply.is_complete());
  CHECK(reply.is_too_long());
  CHECK(reply.text().size() == TextReply::max_size);
  CHECK(reply.take({.text = &any}, "\n+next") == 1);
  CHECK_FALSE(reply.is_right({.text = &any}));
  CHECK(reply.take({.text = &any}, "+next\n") == 6);
  CHECK(reply.text() == "+next");
  CHECK(reply.is_right({.text = &any}));
}

TEST_CASE("of many lines that no pattern looks at only the first is kept") {
  const Pattern last("^END$");
  const ReplyRule rule{.last = &last};
  TextReply reply;
  const std::string line(1000, 'x');
  reply.take(rule, "VALUE\r\n");
  for (int i = 0; i < 1000; ++i) reply.take(rule, line + "\r\n");
  CHECK_FALSE(reply.is_complete());
  reply.take(rule, "END\r\n");
  CHECK(reply.is_complete());
  CHECK(reply.text() == "VALUE\nEND");
}

TEST_CASE("a long first line that no pattern looks at takes no place from the last one") {
  const Pattern last("^END$");
  const ReplyRule rule{.last = &last};
  TextReply reply;
  reply.take(rule, "VALUE " + std::string(TextReply::max_size, 'x') + "\r\n");
  reply.take(rule, "END\r\n");
  CHECK(reply.is_complete());
  CHECK(reply.text().starts_with("VALUE xx"));
  CHECK(reply.text().ends_with("x\nEND"));
  CHECK(reply.text().size() == TextReply::max_beginning + 4);
}

TEST_CASE("all of a line is held to the pattern of the last one, of a first line, too") {
  const Pattern last("}$");
  TextReply reply;
  reply.take({.last = &last}, std::string(1000, 'x') + "}\r\n");
  CHECK(reply.is_complete());
}

TEST_CASE("bytes are matched whatever they are, and a long text takes no longer than its length") {
  CHECK(Pattern("a.b").is_in(std::string_view("a\0b", 3)));
  CHECK(
      Pattern("a\\xffb").is_in("a\xff"
                               "b"));
  CHECK(Pattern("gr\xc3\xbc\xc3\x9f")
            .is_in("gr\xc3\xbc\xc3\x9f"
                   "e"));
  CHECK_FALSE(Pattern("(x+x+)+y").is_in(std::string(TextReply::max_size, 'x')));
}

TEST_CASE("an expression that is none says why") {
  CHECK_THROWS_WITH(Pattern("a(b"), "\"a(b\": missing ): a(b");
  CHECK_THROWS_WITH(Pattern(""), "an empty expression matches anything");
  CHECK_THROWS(Pattern("((a{1000}){1000}){1000}"));
}
