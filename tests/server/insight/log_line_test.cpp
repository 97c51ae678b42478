#include "server/insight/log_line.hpp"

#include <array>
#include <chrono>
#include <string>

#include "tests/catch.hpp"

using config::LogFormat;
using config::LogLevel;
using server::insight::format_line;
using server::insight::format_record;

namespace {

// 2026-11-20T22:19:05.123456Z
constexpr std::chrono::system_clock::time_point moment{
    std::chrono::microseconds{1'795'213'145'123'456}};

std::string as_text(std::initializer_list<server::insight::Field> fields) {
  return format_line(LogFormat::text, moment, LogLevel::info, "session", fields);
}

std::string json(std::initializer_list<server::insight::Field> fields) {
  return format_line(LogFormat::json, moment, LogLevel::error, "session", fields);
}

}  // namespace

TEST_CASE(
    "a text line has the time in UTC with milliseconds, the level, the event and its fields") {
  CHECK(as_text({{"id", std::uint64_t{7}}, {"peer", "127.0.0.1:5"}, {"seconds", 0.25}}) ==
        "2026-11-20T22:19:05.123Z info session id=7 peer=127.0.0.1:5 seconds=0.250");
}

TEST_CASE("a JSON line is one object with the same fields") {
  CHECK(
      json({{"id", std::uint64_t{7}}, {"peer", "127.0.0.1:5"}, {"seconds", 0.25}}) ==
      R"({"schema":"echolined.log/2","time":"2026-11-20T22:19:05.123Z","level":"error","event":"session",)"
      R"("id":7,"peer":"127.0.0.1:5","seconds":0.250})");
}

TEST_CASE("a text value is quoted where it could be taken for something else") {
  CHECK(as_text({{"what", "two words"}}).ends_with(R"(what="two words")"));
  CHECK(as_text({{"what", "a=b"}}).ends_with(R"(what="a=b")"));
  CHECK(as_text({{"what", ""}}).ends_with(R"(what="")"));
  CHECK(as_text({{"what", "plain"}}).ends_with("what=plain"));
}

TEST_CASE("no value can end its line, close its quotes or steer a terminal") {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string value(1, static_cast<char>(byte));
    for (const std::string& line : {as_text({{"what", value}}), json({{"what", value}})}) {
      for (const char c : line) {
        CAPTURE(byte, line);
        CHECK((static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f));
      }
    }
  }
  CHECK(as_text({{"what", "x\" level=error \"\n<3>y"}})
            .ends_with(R"(what="x\" level=error \"\x0a<3>y")"));
  CHECK(json({{"what", "\"\\\x1b[2J\xff"}}).ends_with(R"("what":"\"\\\u001b[2J\u00ff"})"));
}

TEST_CASE("JSON has text of peers and configurations as the UTF-8 that it is") {
  CHECK(json({{"listener", "größe"}}).ends_with(R"("listener":"größe"})"));
}

TEST_CASE("a record of the journal has the message and each field by itself") {
  const std::array fields{server::insight::Field{"id", std::uint64_t{17}},
                          server::insight::Field{"peer", "127.0.0.1:5"},
                          server::insight::Field{"seconds", 0.25},
                          server::insight::Field{"end", "two words"}};
  CHECK(format_record(LogFormat::text, moment, LogLevel::warning, "session", fields) ==
        "PRIORITY=4\n"
        "SYSLOG_IDENTIFIER=echolined\n"
        "MESSAGE=session id=17 peer=127.0.0.1:5 seconds=0.250 end=\"two words\"\n"
        "ECHOLINE_EVENT=session\n"
        "ECHOLINE_SESSION=17\n"
        "ECHOLINE_PEER=127.0.0.1:5\n"
        "ECHOLINE_SECONDS=0.250\n"
        "ECHOLINE_END=two words");
}

TEST_CASE("a record of the journal in JSON has the whole object for its message") {
  const std::array fields{server::insight::Field{"id", std::uint64_t{17}}};
  const std::string line = format_line(LogFormat::json, moment, LogLevel::info, "session", fields);
  CHECK(format_record(LogFormat::json, moment, LogLevel::info, "session", fields)
            .starts_with("PRIORITY=6\nSYSLOG_IDENTIFIER=echolined\nMESSAGE=" + line + "\n"));
}

TEST_CASE("no value can end its field of the journal, nor forge another") {
  const std::array fields{server::insight::Field{"what", "x\n\nPRIORITY=0\nMESSAGE=forged\x85"}};
  for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
    const std::string record = format_record(format, moment, LogLevel::info, "event", fields);
    CHECK(record.find("\n\n") == std::string::npos);
    CHECK(record.find("\nPRIORITY=0") == std::string::npos);
    CHECK(record.find("\nMESSAGE=forged") == std::string::npos);
  }
}
