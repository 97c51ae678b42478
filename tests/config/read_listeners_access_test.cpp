#include "config/read_listeners.hpp"
#include "tests/config/loading.hpp"

using namespace config;

namespace {

std::vector<std::string> written(const text::NetworkSet& set) {
  std::vector<std::string> all;
  for (const text::Network& network : set.networks()) all.push_back(to_string(network));
  return all;
}

}  // namespace

TEST_CASE("everything about access can be set", "[access]") {
  const Config config = good(R"([access]
allow = ["192.0.2.0/24", "2001:db8::/32", "::ffff:203.0.113.7"]
deny = ['192.0.2.7']
max_per_source = 3
source_prefix = 56
connect_rate_per_source = 5
connect_burst_per_source = 20
connect_rate = 1000
connect_burst = 100
)");
  const Access& access = config.access;
  CHECK(written(access.allow) ==
        std::vector<std::string>{"192.0.2.0/24", "203.0.113.7", "2001:db8::/32"});
  CHECK(written(access.deny) == std::vector<std::string>{"192.0.2.7"});
  CHECK(access.max_per_source == 3);
  CHECK(access.source_prefix == 56);
  CHECK(access.connect_rate_per_source == 5);
  CHECK(access.connect_burst_per_source == 20);
  CHECK(access.connect_rate == 1000);
  CHECK(access.connect_burst == 100);
  // The default listeners have it, too.
  CHECK(config.listeners.at(0).access == access);
}

TEST_CASE("a listener's own access takes the place of the one for all", "[access]") {
  const Config config = good(R"([access]
allow = ["192.0.2.0/24"]
deny = ["192.0.2.7"]
max_per_source = 3
[[listener]]
protocol = "echo"
address = "localhost:0"
[[listener]]
protocol = "line"
address = "localhost:0"
allow = []
max_per_source = 100
)");
  CHECK(config.listeners.at(0).access == config.access);
  const Access& own = config.listeners.at(1).access;
  CHECK(own.allow.empty());
  CHECK(own.deny == config.access.deny);
  CHECK(own.max_per_source == 100);
}

TEST_CASE("what is wrong with a list is said of each entry, at its place", "[access]") {
  const std::string head = "[access]\n";
  CHECK(errors_of(head +
                  "allow = [\n  \"192.0.2.7/24\",\n  \"10.0.0.0/8\",\n  7,\n  \"::/129\"\n]") ==
        std::vector<std::string>{
            "f:3:3: entry 1 of 'allow': \"192.0.2.7/24\" has bits set behind its prefix; write "
            "\"192.0.2.0/24\" for the network, or \"192.0.2.7\" for the address alone",
            "f:5:3: entry 3 of 'allow' is to be a string, found an integer",
            "f:6:3: entry 4 of 'allow': the prefix \"129\" of \"::/129\" is not a whole number "
            "from 0 to 128"});
  check_each({
      {head + "deny = \"10.0.0.0/8\"",
       "f:2:8: 'deny' expects an array of networks, found a string; write [\"10.0.0.0/8\"]"},
      {head + "deny = 10",
       "f:2:8: 'deny' expects an array of networks, found an integer; write it as in "
       "[\"192.0.2.0/24\"]"},
      {head + "max_per_source = -1", "f:2:18: 'max_per_source' is -1; allowed is 0 to 1000000"},
      {head + "source_prefix = 0", "f:2:17: 'source_prefix' is 0; allowed is 1 to 128"},
      {head + "source_prefix = 129", "f:2:17: 'source_prefix' is 129; allowed is 1 to 128"},
      {head + "connect_burst = 0", "f:2:17: 'connect_burst' is 0; allowed is 1 to 1000000"},
      {"allow = []", "f:1:1: unknown key 'allow' at the top level; it belongs in [access]"},
      {"[limits]\nmax_per_source = 1",
       "f:2:1: unknown key 'max_per_source' in [limits]; it belongs in [access]"},
  });
}

TEST_CASE("access is of IP addresses, which a Unix socket's peers have none of", "[access]") {
  const std::string listener = "[[listener]]\nprotocol = 'echo'\naddress = 'unix:/s'\n";
  check_each({
      {listener + "allow = ['10.0.0.0/8']",
       "f:4:9: 'allow' applies to IP addresses only; this is \"unix:/s\""},
      {listener + "max_per_source = 1",
       "f:4:18: 'max_per_source' applies to IP addresses only; this is \"unix:/s\""},
  });
  // Behind proxies they are others', who have some.
  CHECK(errors_of(listener + "proxy = ['127.0.0.1']\nallow = ['10.0.0.0/8']").empty());
  // What is for all does no harm there.
  CHECK(errors_of("[access]\nallow = ['10.0.0.0/8']\n" + listener).empty());
}
