#include "config/read_tcp.hpp"

#include "config/print.hpp"
#include "tests/config/loading.hpp"

using namespace config;
using namespace std::chrono_literals;

namespace {

const std::string listener = "[[listener]]\nprotocol = 'echo'\naddress = 'localhost:0'\n";
const std::string path = "[[listener]]\nprotocol = 'echo'\naddress = 'unix:/s'\n";
const std::string every = R"(keepalive = "30s"
user_timeout = "1500ms"
rcvbuf = "64KiB"
sndbuf = "32KiB"
dscp = "ef"
mss = 1400
nodelay = false
device = "eth0"
)";

void check_every(const streams::SocketOptions& tcp) {
  CHECK(tcp.keepalive == 30s);
  CHECK(tcp.user_timeout == 1500ms);
  CHECK(tcp.rcvbuf == 64 * 1024);
  CHECK(tcp.sndbuf == 32 * 1024);
  CHECK(tcp.dscp == 46);
  CHECK(tcp.mss == 1400);
  CHECK_FALSE(tcp.nodelay);
  CHECK(tcp.device == "eth0");
}

}  // namespace

TEST_CASE("every option of TCP can be set, for all listeners or for one", "[tcp]") {
  const Config all = good("[tcp]\n" + every + listener + path);
  check_every(all.tcp);
  check_every(all.listeners[0].tcp);
  const Config one = good(listener + every + listener + "name = 'other'\n");
  check_every(one.listeners[0].tcp);
  CHECK(one.listeners[1].tcp == streams::SocketOptions{});
  CHECK(one.tcp == streams::SocketOptions{});
}

TEST_CASE("a listener's own option goes before that of [tcp], and is printed where it differs",
          "[tcp]") {
  const Config config =
      good("[tcp]\nkeepalive = '30s'\nmss = 1000\n" + listener + "keepalive = '0s'\ndscp = 45\n");
  CHECK(config.listeners[0].tcp.keepalive == 0s);
  CHECK(config.listeners[0].tcp.mss == 1000);
  const std::string text = to_toml(config, protocols);
  CHECK(text.ends_with("backlog = 4096\nkeepalive = \"0s\"\ndscp = 45\n"));
  CHECK(good(text) == config);
}

TEST_CASE("an option of TCP is taken at both ends of its range and refused beyond", "[tcp]") {
  for (const std::string line :
       {"keepalive = '0'", "keepalive = '1s'", "keepalive = '9h'", "user_timeout = '1ms'",
        "user_timeout = '24h'", "rcvbuf = '1B'", "rcvbuf = '1GiB'", "sndbuf = '0B'",
        "sndbuf = '1GiB'", "dscp = 0", "dscp = 63", "dscp = '63'", "dscp = 'cs7'", "mss = 0",
        "mss = 88", "mss = 32767", "device = ''", "device = 'fifteen-letters'"}) {
    INFO(line);
    CHECK(errors_of("[tcp]\n" + line).empty());
    CHECK(errors_of(listener + line).empty());
  }
  const std::string head = "[tcp]\n";
  const std::string mss = "; allowed are 0 and 88 to 32767";
  const std::string device =
      "; allowed is the name of a network interface, at most 15 bytes, as in \"eth0\"";
  check_each({
      {head + "keepalive = '500ms'",
       "f:2:13: 'keepalive' is \"500ms\"; allowed are multiples of \"1s\""},
      {head + "keepalive = '10h'", "f:2:13: 'keepalive' is \"10h\"; allowed is \"0s\" to \"9h\""},
      {head + "user_timeout = '25h'",
       "f:2:16: 'user_timeout' is \"25h\"; allowed is \"0s\" to \"24h\""},
      {head + "rcvbuf = '2GiB'", "f:2:10: 'rcvbuf' is \"2GiB\"; allowed is \"0B\" to \"1GiB\""},
      {head + "sndbuf = '2GiB'", "f:2:10: 'sndbuf' is \"2GiB\"; allowed is \"0B\" to \"1GiB\""},
      {head + "dscp = 64", "f:2:8: 'dscp' is 64; allowed is 0 to 63"},
      {head + "dscp = true",
       "f:2:8: 'dscp' expects a code point, found a boolean; write 0 to 63 or a name, as in "
       "\"ef\""},
      {head + "dscp = 'EF'",
       "f:2:8: 'dscp': \"EF\" is not a code point; write 0 to 63, or cs0 to cs7, af11 to af43, "
       "ef, va or le"},
      {head + "mss = 87", "f:2:7: 'mss' is 87" + mss},
      {head + "mss = 32768", "f:2:7: 'mss' is 32768; allowed is 0 to 32767"},
      {listener + "mss = 1", "f:4:7: 'mss' is 1" + mss},
      {head + "nodelay = 'yes'", "f:2:11: 'nodelay' is \"yes\"; allowed are false, true"},
      {head + "device = 'sixteen-letters-'", "f:2:10: 'device' is \"sixteen-letters-\"" + device},
      {head + "device = 'a b'", "f:2:10: 'device' is \"a b\"" + device},
      {head + "device = 'a/b'", "f:2:10: 'device' is \"a/b\"" + device},
      {head + "keepalife = '1s'",
       "f:2:1: unknown key 'keepalife' in [tcp]; did you mean 'keepalive'?"},
      {"keepalive = '1s'", "f:1:1: unknown key 'keepalive' at the top level; it belongs in [tcp]"},
  });
}

TEST_CASE("an error in [tcp] is not repeated for listeners that inherit it", "[tcp]") {
  CHECK(errors_of("[tcp]\nmss = 1\ndevice = 'a b'\n" + listener).size() == 2);
}

TEST_CASE("a listener at a path has no options of TCP, and ignores those of [tcp]", "[tcp]") {
  CHECK(errors_of("[tcp]\n" + every + path).empty());
  const std::vector<std::string> errors = errors_of(path + every);
  REQUIRE(errors.size() == 8);
  CHECK(errors[0] == "f:4:13: 'keepalive' applies to TCP only; this is \"unix:/s\"");
  CHECK(errors_of("[[listener]]\nprotocol = 'echo'\naddress = 'systemd'\n" + every).empty());
}
