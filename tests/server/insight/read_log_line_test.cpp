#include "server/insight/read_log_line.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "server/insight/log_line.hpp"
#include "tests/catch.hpp"

using config::LogFormat;
using config::LogLevel;
using server::insight::format_line;
using server::insight::LogLine;
using server::insight::read_log_line;

namespace {

std::string value_of(const LogLine& line, std::string_view name) {
  const LogLine::Field* const field = line.find(name);
  REQUIRE(field != nullptr);
  return field->value;
}

constexpr std::string_view whole =
    "2026-11-20T22:19:05.123Z info session id=7 listener=\"a b\" seconds=0.250 end=done";

}  // namespace

TEST_CASE("what was written as a line of the log is read back, in both formats") {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  const std::string utf8 = "caf\u00e9 \u4e16 \"x\" {\"y\" a=b \\";
  for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
    const LogLine line = read_log_line(format_line(format, {}, LogLevel::info, "session",
                                                   std::array<server::insight::Field, 6>{{
                                                       {"id", std::uint64_t{7}},
                                                       {"listener", utf8},
                                                       {"seconds", 0.25},
                                                       {"faults", ""},
                                                       {"end", "Connection reset by peer"},
                                                       {"peer", "unix:/tmp/{\"x\""},
                                                   }}));
    CAPTURE(static_cast<int>(format));
    CHECK(line.cut == 0);
    CHECK(line.event == "session");
    CHECK(value_of(line, "id") == "7");
    CHECK(value_of(line, "listener") == utf8);
    CHECK(value_of(line, "seconds") == "0.250");
    CHECK(value_of(line, "faults").empty());
    CHECK(value_of(line, "end") == "Connection reset by peer");
    CHECK(value_of(line, "peer") == "unix:/tmp/{\"x\"");
    CHECK(line.find("seed") == nullptr);
  }
  const std::array<server::insight::Field, 1> field{{{"what", bytes}}};
  const auto line = format_line(LogFormat::text, {}, LogLevel::info, "session", field);
  CHECK(value_of(read_log_line(line), "what") == bytes);
}

TEST_CASE("what a journal or another program puts before a line is none of it") {
  for (const char* const before :
       {"", "<6>", "Nov 20 22:19:05 host echolined[17]: ", "echolined-1  | "}) {
    const LogLine line = read_log_line(before + std::string(whole));
    CHECK(line.event == "session");
    CHECK(value_of(line, "listener") == "a b");
  }
  // The journal's own message has neither the time nor the level.
  CHECK(read_log_line("host echolined[17]: session id=7 listener=echo").event == "session");
  const LogLine json = read_log_line(R"(host echolined[17]: {"event":"session","id":7})");
  CHECK(json.event == "session");
  CHECK(value_of(json, "id") == "7");
}

TEST_CASE("a field knows its column") {
  const LogLine line = read_log_line("info session id=7 listener=echo");
  CHECK(line.find("id")->column == 14);
  CHECK(line.find("listener")->column == 19);
  CHECK(read_log_line(R"({"event":"session","id":7})").find("id")->column == 20);
}

TEST_CASE("a line that ends within a field is cut short") {
  CHECK(read_log_line(whole).cut == 0);
  CHECK(read_log_line(whole.substr(0, whole.find(" b\""))).cut != 0);
  CHECK(read_log_line(whole.substr(0, whole.find("=done"))).cut != 0);
  CHECK(read_log_line(whole.substr(0, whole.find("done"))).cut != 0);
  const std::string json = R"({"event":"session","listener":"a\"b","id":7})";
  CHECK(read_log_line(json).cut == 0);
  for (std::size_t size = 3; size < json.size(); ++size) {
    CAPTURE(size);
    CHECK(read_log_line(json.substr(0, size)).cut != 0);
  }
}

TEST_CASE("what is no line of the log has no event") {
  for (const char* const other : {"", " ", "garbage", "2026-11-20 info stopped", "=", "a = b"}) {
    CAPTURE(other);
    CHECK(read_log_line(other).event.empty());
  }
  CHECK(read_log_line(R"({"log":"session"})").event.empty());
}
