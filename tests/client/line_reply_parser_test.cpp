#include "client/line_reply_parser.hpp"

#include <string>

#include "tests/catch.hpp"

using client::LineReplyParser;

namespace {

/// How much of `text` a reply takes that gets it in pieces which end after `split`.
std::size_t taken(LineReplyParser& reply, std::string_view text, std::size_t split) {
  std::size_t used = 0;
  for (std::string_view piece : {text.substr(0, split), text.substr(split)}) {
    while (!piece.empty()) {
      const std::size_t size = reply.take(piece);
      used += size;
      if (reply.is_complete()) return used;
      piece.remove_prefix(size);
    }
  }
  return used;
}

}  // namespace

TEST_CASE("a reply ends with its line, wherever its bytes are cut") {
  const std::string text = "+PONG\r\n+next\r\n";
  for (std::size_t split = 1; split < 7; ++split) {
    LineReplyParser reply;
    CHECK(taken(reply, text, split) == 7);
    CHECK(reply.is_complete());
    CHECK_FALSE(reply.is_error());
    CHECK(reply.text() == "+PONG");
  }
}

TEST_CASE("an array ends with the last of its lines, wherever its bytes are cut") {
  const std::string text = "*2\r\n+one\r\n+two\r\n";
  for (std::size_t split = 1; split < text.size(); ++split) {
    LineReplyParser reply;
    CHECK(taken(reply, text + "+next\r\n", split) == text.size());
    CHECK(reply.is_complete());
  }
}

TEST_CASE("an array without lines ends with its number") {
  LineReplyParser reply;
  CHECK(taken(reply, "*0\r\n+next\r\n", 3) == 4);
  CHECK(reply.is_complete());
}

TEST_CASE("an error is one, and says what it says") {
  LineReplyParser reply;
  CHECK(taken(reply, "-ERR unknown command 'foo'\r\n", 5) == 28);
  CHECK(reply.is_error());
  CHECK(reply.text() == "-ERR unknown command 'foo'");
}

TEST_CASE("after a reply the next one begins") {
  LineReplyParser reply;
  taken(reply, "-ERR no\r\n", 3);
  CHECK(taken(reply, "+yes\r\n", 3) == 6);
  CHECK_FALSE(reply.is_error());
  CHECK(reply.text() == "+yes");
}

TEST_CASE("of a long line the beginning is kept, and its end found") {
  LineReplyParser reply;
  const std::string text = '+' + std::string(1000, 'x') + "\r\n";
  CHECK(taken(reply, text, 10) == text.size());
  CHECK(reply.text() == '+' + std::string(37, 'x'));
}

TEST_CASE("only an array's first line says that more follow") {
  for (const std::string line :
       {"*\r\n", "+3\r\n", "*3x\r\n", "* 3\r\n", "***\r\n", "*-1\r\n", "*0\r\n", "\r\n"}) {
    CAPTURE(line);
    LineReplyParser reply;
    CHECK(reply.take(line + "+more\r\n") == line.size());
    CHECK(reply.is_complete());
  }
}
