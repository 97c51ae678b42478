#include "server/service.hpp"

#include <vector>

#include "tests/catch.hpp"

using server::service_status;

TEST_CASE("the status names the listeners and counts the connections", "[service_status]") {
  const std::vector<std::string> listeners{"echo 127.0.0.1:7007", "line 127.0.0.1:7008"};
  CHECK(service_status("", listeners, 12) ==
        "echo 127.0.0.1:7007, line 127.0.0.1:7008; 12 connections");
  CHECK(service_status("", listeners, 1) ==
        "echo 127.0.0.1:7007, line 127.0.0.1:7008; 1 connection");
  CHECK(service_status("", {}, 0) == "0 connections");
}

TEST_CASE("the status begins with the state, unless all is well", "[service_status]") {
  const std::vector<std::string> listeners{"echo 127.0.0.1:7007"};
  CHECK(service_status("stopping", {}, 3) == "stopping; 3 connections");
  CHECK(service_status("reload failed", listeners, 0) ==
        "reload failed; echo 127.0.0.1:7007; 0 connections");
}

TEST_CASE("a status stays within what the service manager takes", "[service_status]") {
  const std::vector<std::string> listeners(1000, "echo 127.0.0.1:7007");
  const std::string status = service_status(std::string(5000, 'x'), listeners, ~std::uint64_t{0});
  CHECK(status.size() <= server::max_service_status);
  CHECK(status.find(" more; 18446744073709551615 connections") != std::string::npos);
  // The states' end is cut between two characters of UTF-8, each two bytes here.
  std::string umlauts = "x";
  for (int i = 0; i < 1000; ++i) umlauts += "\xc3\xa4";
  CHECK(service_status(umlauts, {}, 0).find("\xc3;") == std::string::npos);
}
