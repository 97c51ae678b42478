#include "streams/http/request_head.hpp"

#include <string>
#include <string_view>

#include "streams/http/fields.hpp"
#include "tests/catch.hpp"

using http::RequestHead;
using State = http::RequestHead::State;

namespace {

/// A head as it is sent, up to the line that decides.
RequestHead read(std::string_view text) {
  RequestHead head;
  while (!text.empty() && head.state() == State::incomplete) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end == text.npos ? end : end + 1);
    head.take(line);
    text.remove_prefix(line.size());
  }
  return head;
}

int status_of(std::string_view text) {
  const RequestHead head = read(text);
  return head.state() == State::refused ? head.status() : 0;
}

const std::string host = "Host: a\r\n\r\n";

}  // namespace

TEST_CASE("a GET is its path and what its client accepts", "[http]") {
  const RequestHead head = read(
      "GET /metrics?name=x HTTP/1.1\r\nhost: localhost:9100\r\nACCEPT: text/plain\r\n"
      "User-Agent: Prometheus/2.42\r\nAccept:  */*;q=0.1 \r\n\r\n");
  CHECK(head.state() == State::complete);
  CHECK(head.path() == "/metrics");
  CHECK(head.accept() == "text/plain,*/*;q=0.1");
  CHECK(head.keeps_alive());
}

TEST_CASE("a request may end its lines with LF alone and begin with an empty one", "[http]") {
  const RequestHead head = read("\r\nGET / HTTP/1.1\nHost:a\n\n");
  CHECK(head.state() == State::complete);
  CHECK(head.path() == "/");
}

TEST_CASE("empty lines without a request are refused", "[http]") {
  CHECK(read(std::string(8, '\n') + "GET / HTTP/1.1\n" + host).state() == State::complete);
  CHECK(status_of(std::string(9, '\n')) == 400);
}

TEST_CASE("a request that is late is refused, whatever has come of it", "[http]") {
  RequestHead head = read("GET / HTTP/1.1\r\n");
  CHECK(head.take_late() == State::refused);
  CHECK(head.status() == 408);
  CHECK_FALSE(head.keeps_alive());
}

TEST_CASE("a target with scheme and host is the path behind them", "[http]") {
  CHECK(read("GET http://a:1/metrics HTTP/1.1\r\n" + host).path() == "/metrics");
  CHECK(read("GET HTTP://a HTTP/1.1\r\n" + host).path() == "/");
}

TEST_CASE("a connection goes on unless either version or client ends it", "[http]") {
  CHECK(read("GET / HTTP/1.1\r\n" + host).keeps_alive());
  CHECK_FALSE(read("GET / HTTP/1.0\r\n\r\n").keeps_alive());
  CHECK_FALSE(read("GET / HTTP/1.1\r\nConnection: x, Close\r\n" + host).keeps_alive());
  CHECK(read("GET / HTTP/1.1\r\nConnection: keep-alive\r\n" + host).keeps_alive());
}

TEST_CASE("HTTP/1.0 needs no Host, HTTP/1.1 has one", "[http]") {
  CHECK(read("GET / HTTP/1.0\r\n\r\n").state() == State::complete);
  CHECK(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == 400);
}

TEST_CASE("what is no GET of HTTP/1.1 is refused at the line that shows it", "[http]") {
  const auto [text, status] = GENERATE(table<std::string, int>({
      {"POST / HTTP/1.1\r\n", 405},
      {"HEAD / HTTP/1.1\r\n", 405},
      {"get / HTTP/1.1\r\n", 405},
      {"GET / HTTP/2.0\r\n", 505},
      {"GET / HTTP/1.2\r\n", 505},
      {"GET / HTTP/1.11\r\n", 505},
      {"GET /\r\n", 400},
      {"GET  / HTTP/1.1\r\n", 400},
      {"GET metrics HTTP/1.1\r\n", 400},
      {"GET * HTTP/1.1\r\n", 400},
      {"GET /a\rb HTTP/1.1\r\n", 400},
      {"GET /\x7f HTTP/1.1\r\n", 400},
      {"GET /\xc3\xa9 HTTP/1.1\r\n", 400},
      {"PING\r\n", 400},
      {"\x16\x03\x01\x02\n", 400},
      {"G\xc3\xa9T / HTTP/1.1\r\n", 400},
      {"GET / HTTP/1.1\r\nHost : a\r\n", 400},
      {"GET / HTTP/1.1\r\nno colon\r\n", 400},
      {"GET / HTTP/1.1\r\n folded: x\r\n", 400},
      {"GET / HTTP/1.1\r\n: x\r\n", 400},
      {"GET / HTTP/1.1\r\nX: a\x01\r\n", 400},
      {"GET / HTTP/1.1\r\nContent-Length: 1\r\n", 400},
      {"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", 400},
  }));
  INFO(text);
  CHECK(status_of(text) == status);
  CHECK_FALSE(read(text).reason().empty());
  CHECK_FALSE(read(text).keeps_alive());
}

TEST_CASE("a body of no bytes is none", "[http]") {
  CHECK(read("GET / HTTP/1.1\r\nContent-Length: 0\r\n" + host).state() == State::complete);
}

TEST_CASE("a head has its bounds", "[http]") {
  CHECK(status_of("GET /" + std::string(http::max_head_line, 'x') + " HTTP/1.1\r\n") == 431);
  std::string fields = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (std::size_t lines = 2; lines < http::max_head_lines - 1; ++lines) fields += "X: y\r\n";
  CHECK(read(fields + "\r\n").state() == State::complete);
  CHECK(status_of(fields + "X: y\r\nX: y\r\n\r\n") == 431);
  RequestHead head;
  CHECK(head.take_overlong() == State::refused);
  CHECK(head.status() == 431);
}

TEST_CASE("OpenMetrics is for those who name it and do not prefer text", "[http]") {
  using http::prefers_openmetrics;
  CHECK(prefers_openmetrics("application/openmetrics-text;version=1.0.0,text/plain;q=0.5"));
  CHECK(
      prefers_openmetrics("application/openmetrics-text; version=1.0.0;q=0.5 , text/plain;q=0.5"));
  CHECK_FALSE(prefers_openmetrics("application/openmetrics-text;q=0.4,text/plain;q=0.5"));
  CHECK_FALSE(prefers_openmetrics("application/openmetrics-text;q=0.4,text/plain"));
  CHECK_FALSE(prefers_openmetrics("application/openmetrics-text;q=0"));
  CHECK_FALSE(prefers_openmetrics("application/openmetrics-text;q=nonsense"));
  CHECK_FALSE(prefers_openmetrics("text/plain"));
  CHECK_FALSE(prefers_openmetrics("*/*"));
  CHECK_FALSE(prefers_openmetrics(""));
}
