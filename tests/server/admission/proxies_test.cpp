#include "server/admission/proxies.hpp"

#include <string>
#include <utility>
#include <vector>

#include "streams/address.hpp"
#include "tests/catch.hpp"

using server::admission::is_proxy;

namespace {

streams::Endpoint at(std::string address) {
  return streams::Endpoint::of_literal({std::move(address), 1}).value();
}

text::NetworkSet networks(const std::vector<std::string>& written) {
  std::vector<text::Network> all;
  for (const std::string& one : written) all.push_back(text::parse_network(one).value);
  return text::NetworkSet(std::move(all));
}

}  // namespace

TEST_CASE("a proxy is who is in one of the networks, and nobody else") {
  const text::NetworkSet proxies = networks({"10.0.0.0/8", "2001:db8::/32"});
  CHECK(is_proxy(proxies, at("10.1.2.3")));
  CHECK(is_proxy(proxies, at("2001:db8::1")));
  CHECK_FALSE(is_proxy(proxies, at("11.0.0.1")));
  CHECK_FALSE(is_proxy(proxies, at("127.0.0.1")));
  CHECK_FALSE(is_proxy({}, at("10.1.2.3")));
}

TEST_CASE("who comes over a Unix socket counts as 127.0.0.1") {
  sockaddr_storage storage{};
  storage.ss_family = AF_UNIX;
  const streams::Endpoint local(storage);
  CHECK(is_proxy(networks({"127.0.0.0/8"}), local));
  CHECK_FALSE(is_proxy(networks({"10.0.0.0/8", "::/0"}), local));
}
