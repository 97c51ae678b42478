#include "server/replay.hpp"

#include <string>

#include "streams/faults/plan.hpp"
#include "tests/catch.hpp"

using server::parse_replay;
using server::ParsedReplay;
using server::replay_in;

namespace {

const std::string line =
    "2026-11-28T01:57:12.123Z info session id=17 listener=\"my line\" peer=127.0.0.1:5 received=9 "
    "sent=9 seconds=0.002 end=done seed=7 index=12 source_index=3 faults=\"delay@line:1 "
    "reset@output:4096\"";

std::string without(std::string text, const std::string& part) {
  return text.erase(text.find(part), part.size());
}
std::string error_of(const std::string& text) { return parse_replay(text).error; }
bool says(const std::string& text, std::string_view what) {
  CAPTURE(text);
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("a session's line tells which connection's faults there are to be again", "[replay]") {
  const std::string json =
      R"({"schema":"echolined.log/2","event":"session","listener":"my line","end":"done","seed":7,)"
      R"("index":12,"source_index":3,"faults":""})";
  const std::string cat = line.substr(line.find("session"));
  for (const std::string& text : {line, json, cat, "host echolined[1]: " + cat}) {
    const ParsedReplay parsed = parse_replay(text);
    CHECK(parsed.error.empty());
    CHECK(parsed.replay.listener == "my line");
    CHECK(parsed.replay.who == faults::Identity{7, 12, 3});
  }
}

TEST_CASE("a line that does not tell it is refused, with what is to be given", "[replay]") {
  CHECK(says(error_of("hello"), "\"hello\" is no line of the log of a session"));
  CHECK(says(error_of(""), "is no line of the log of a session"));
  CHECK(says(error_of("info stopping signal=SIGTERM"),
             "tells of \"stopping\", and not of a session"));
  CHECK(says(error_of(without(line, line.substr(line.find(" seed")))), "the line has no seed"));
  CHECK(says(error_of(line + "\n" + line), "a second line begins"));
  for (const std::string& text : {line, std::string("hello")}) {
    const std::string wrong = text == line ? text.substr(0, 30) : text;
    CHECK(says(error_of(wrong), "give the whole line"));
  }
}

TEST_CASE("a line that is cut short is never taken for a whole one", "[replay]") {
  for (std::size_t size = 0; size < line.size(); ++size) {
    CAPTURE(line.substr(0, size));
    CHECK_FALSE(parse_replay(line.substr(0, size)));
  }
  CHECK(says(error_of(line.substr(0, line.find(" index"))), "the line is cut short"));
  CHECK(says(error_of(line.substr(0, line.size() - 1)), "the line is cut short"));
  for (const char* const part :
       {" end=done", " index=12", " source_index=3", " listener=\"my line\""}) {
    CHECK(says(error_of(without(line, part)), "the line is cut short"));
  }
}

TEST_CASE("what is no number is refused with its column", "[replay]") {
  std::string wrong = line;
  wrong.replace(wrong.find("index=12"), 8, "index=x2");
  CHECK(says(error_of(wrong), "column " + std::to_string(wrong.find("index=x2") + 1) +
                                  ": index is \"x2\", and no number from 1 on"));
  wrong = line;
  wrong.replace(wrong.find("seed=7"), 6, "seed=0");
  CHECK(says(error_of(wrong), "seed is \"0\""));
}

TEST_CASE("the listener has to be there, and to have faults", "[replay]") {
  config::Config config;
  for (const char* const name : {"echo", "line", "asked"}) {
    config.listeners.emplace_back().name = name;
  }
  config.listeners[1].plan = faults::parse_plan("fin").plan;
  config.listeners[2].fault_in_band = config::InBand::yes;
  CHECK(replay_in(config, {"lime", {7, 3, 2}}) ==
        "--replay: there is no listener \"lime\"; did you mean \"line\"?");
  CHECK(says(replay_in(config, {"echo", {7, 3, 2}}), "the listener \"echo\" has no faults; give"));
  CHECK(replay_in(config, {"line", {7, 3, 2}}).empty());
  CHECK(replay_in(config, {"asked", {7, 4, 1}}).empty());
  CHECK_FALSE(config.listeners[0].replay);
  CHECK(config.listeners[1].replay == faults::Identity{7, 3, 2});
  CHECK(config.listeners[2].replay == faults::Identity{7, 4, 1});
}
