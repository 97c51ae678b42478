#include "streams/http/response_head.hpp"

#include <string>
#include <string_view>

#include "streams/http/fields.hpp"
#include "streams/http/response.hpp"
#include "tests/catch.hpp"

using http::ResponseHead;
using State = http::ResponseHead::State;

namespace {

State take_all(ResponseHead& head, std::string_view text) {
  State state = State::incomplete;
  while (!text.empty() && state == State::incomplete) {
    const std::string_view line = text.substr(0, text.find('\n') + 1);
    state = head.take(line);
    text.remove_prefix(line.size());
  }
  return state;
}

State state_of(std::string_view text) {
  ResponseHead head;
  return take_all(head, text);
}

}  // namespace

TEST_CASE("what response_head() writes, ResponseHead reads", "[http]") {
  ResponseHead head;
  CHECK(take_all(head, http::response_head(200, "text/plain", 17, true)) == State::complete);
  CHECK(head.status() == 200);
  CHECK(head.body_size() == 17);
  CHECK(head.type() == "text/plain");
  CHECK(head.keeps_alive());
}

TEST_CASE("a response says that it is the last one", "[http]") {
  ResponseHead head;
  CHECK(take_all(head, http::response_head(503, "text/plain", 0, false)) == State::complete);
  CHECK(head.status() == 503);
  CHECK_FALSE(head.keeps_alive());
}

TEST_CASE("a method that is not served is told which one is", "[http]") {
  CHECK(http::response_head(405, "text/plain", 0, false).find("\r\nAllow: GET\r\n") !=
        std::string::npos);
}

TEST_CASE("a body of unknown size ends with the connection", "[http]") {
  ResponseHead head;
  CHECK(take_all(head, "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n") == State::complete);
  CHECK_FALSE(head.body_size());
  CHECK_FALSE(head.keeps_alive());
}

TEST_CASE("what is no response of HTTP/1.1 is malformed", "[http]") {
  CHECK(state_of("-ERR unknown command 'GET', try HELP\r\n") == State::malformed);
  CHECK(state_of("HTTP/2 200\r\n") == State::malformed);
  CHECK(state_of("HTTP/1.1 20 OK\r\n") == State::malformed);
  CHECK(state_of("HTTP/1.1 2x0 OK\r\n") == State::malformed);
  CHECK(state_of("HTTP/1.1 -20 OK\r\n") == State::malformed);
  CHECK(state_of("HTTP/1.1 200 OK\r\nno field\r\n") == State::malformed);
  CHECK(state_of("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n") == State::malformed);
  CHECK(state_of("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n") ==
        State::malformed);
  CHECK(state_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n") == State::malformed);
}

TEST_CASE("a response's head has its bounds", "[http]") {
  std::string text = "HTTP/1.1 200 OK\r\n";
  for (std::size_t lines = 1; lines < http::max_head_lines; ++lines) text += "X: y\r\n";
  CHECK(state_of(text) == State::incomplete);
  CHECK(state_of(text + "\r\n") == State::malformed);
  CHECK(state_of("HTTP/1.1 200 " + std::string(http::max_head_line, 'x') + "\r\n") ==
        State::malformed);
}
