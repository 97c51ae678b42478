// The faults of a listener as they are read.
#include <string>
#include <vector>

#include "streams/faults/grammar.hpp"
#include "tests/config/folder.hpp"
#include "tests/config/loading.hpp"

using namespace config;

namespace {

const std::string line = "[[listener]]\nprotocol = \"line\"\naddress = \"127.0.0.1:0\"\n";
const std::string sources = "fault_sources = [\"127.0.0.0/8\"]\n";

std::vector<std::string> plan_of(const Listener& listener) {
  std::vector<std::string> texts;
  for (const faults::Fault& fault : listener.plan.faults) texts.push_back(to_text(fault));
  return texts;
}

}  // namespace

TEST_CASE("faults are checked and kept as they are meant", "[faults]") {
  const Config config = good(line + sources + R"(faults = ["RESET", "delay 2ms every line"]
fault_seed = 9007199254740992
fault_in_band = true
fault_max_time = "0s"
fault_max_bytes = "1GiB"
)");
  const Listener& listener = config.listeners.at(0);
  CHECK(listener.faults == std::vector<std::string>{"RESET", "delay 2ms every line"});
  CHECK(plan_of(listener) == std::vector<std::string>{"reset at byte 0", "delay 2ms every line"});
  CHECK(listener.fault_seed == 9007199254740992);
  CHECK(listener.fault_in_band == InBand::yes);
  CHECK(listener.fault_max_time.count() == 0);
  CHECK(listener.fault_max_bytes == std::size_t{1} << 30);
}

TEST_CASE("a plan may be a file", "[faults]") {
  const tests::Folder folder;
  const std::string file = folder.file("plan", "# cut short\n\n  fin at byte 3\nsilent with 1%\n");
  const Config config = good(line + sources + "fault_plan = \"" + file + "\"");
  CHECK(plan_of(config.listeners.at(0)) ==
        std::vector<std::string>{"fin at byte 3", "silent at accept with 1%"});
}

TEST_CASE("a wrong plan is refused as a whole, with its place", "[faults]") {
  const tests::Folder folder;
  const std::string file = folder.file("plan", "fin at byte 3\n\nfine at byte 3\n");
  const std::string told = R"('fault_plan': )" + file + R"(, line 3, column 1: )";
  const std::vector<std::string> errors =
      errors_of(line + sources + "fault_plan = \"" + file + "\"");
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].starts_with("f:5:14: " + told));
  check_each({
      {line + sources + "faults = [\"fin\", \"delay 2ms at bite 3\"]",
       "f:5:10: 'faults': fault 2, column 14: \"bite\" is no place after \"at\"; did you mean "
       "\"byte\"?"},
      {line + "faults = [\"fin\"]",
       "f:4:10: 'faults' needs 'fault_sources', the networks that it is for, as in "
       "[\"127.0.0.0/8\"]"},
      {line + "fault_in_band = true",
       "f:4:17: 'fault_in_band' needs 'fault_sources', the networks that it is for, as in "
       "[\"127.0.0.0/8\"]"},
      {line + sources + "faults = [\"fin\"]\nfault_plan = \"" + file + "\"",
       "f:6:14: there are 'faults' and a 'fault_plan'; write one of them"},
      {line + sources + "faults = \"fin\"",
       "f:5:10: 'faults' expects an array of strings, found a string; write [\"fin\"]"},
      {line + sources + "faults = [7]",
       "f:5:11: entry 1 of 'faults' is to be a string, found an integer"},
      {"[[listener]]\nprotocol = \"line\"\naddress = \"unix:/s\"\nfaults = [\"fin\"]",
       "f:4:10: 'faults' applies to IP addresses only; this is \"unix:/s\""},
  });
}

TEST_CASE("what a protocol cannot do is refused", "[faults]") {
  const std::string echo = "[[listener]]\nprotocol = \"echo\"\naddress = \"localhost:0\"\n";
  CHECK(good(echo + sources + "faults = [\"reset after line 3 of input\"]").listeners.size() == 1);
  check_each({
      {echo + sources + "faults = [\"reset after line 3\"]",
       "f:5:10: 'faults': \"reset after line 3\" happens at a reply, and echo does not say where "
       "its "
       "replies end"},
      {echo + sources + "fault_in_band = true",
       "f:5:17: 'fault_in_band' needs a protocol that has commands for it; echo has none"},
      {"[[listener]]\nprotocol = \"echo\"\naddress = \"systemd\"\n" + sources +
           "faults = [\"refuse 1s\"]",
       "f:5:10: 'faults': \"refuse 1s at accept\" closes the listening socket, and this one is the "
       "service "
       "manager's"},
  });
}
