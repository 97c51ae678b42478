#include "client/command_line/load_faults.hpp"

#include <string>

#include "streams/faults/grammar.hpp"
#include "tests/catch.hpp"

using client::command_line::parse_faults;

TEST_CASE("a fault of what is sent is taken, and a request is a line of it") {
  const auto parsed = parse_faults("corrupt at byte 9 with 1%");
  CHECK(parsed.error == "");
  CHECK(to_text(parsed.value.faults.at(0)) == "corrupt at byte 9 with 1%");
  CHECK(to_text(parse_faults("delay 2ms").value.faults.at(0)) == "delay 2ms every line of output");
}

TEST_CASE("a fault that is none, or none of what is sent, is refused with the reason") {
  CHECK(parse_faults("reset at bite 3").error ==
        "column 10: \"bite\" is no place after \"at\"; did you mean \"byte\"?");
  CHECK(parse_faults("@/nonexistent").error == "/nonexistent: cannot be read");
  CHECK(parse_faults("corrupt at byte 1 of input").error ==
        "\"corrupt at byte 1 of input\" is of the replies; faults here are of what is sent");
  CHECK(parse_faults("silent").error == "\"silent at accept\" is for a server");
  CHECK(parse_faults("urgent").error == "\"urgent at byte 0\": urgent data is for a server");
}
