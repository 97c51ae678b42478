#include "config/address_clash.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/catch.hpp"

using config::address_key;
using config::addresses_clash;
using config::Listener;

namespace {

Listener at(std::string address) {
  Listener listener;
  listener.address = std::move(address);
  return listener;
}

}  // namespace

TEST_CASE("two addresses clash when the kernel would refuse the second", "[address_clash]") {
  struct Row {
    const char* one;
    const char* other;
    bool clash;
  };
  const Row rows[] = {
      {"127.0.0.1:7", "127.0.0.1:7", true},
      {"127.0.0.1:7", "127.0.0.1:8", false},
      {"127.0.0.1:7", "127.0.0.2:7", false},
      {"0.0.0.0:7", "127.0.0.1:7", true},
      {"0.0.0.0:7", "[::1]:7", false},
      {"[::]:7", "[::1]:7", true},
      {"[::]:7", "0.0.0.0:7", true},
      {"[::]:7", "127.0.0.1:7", true},
      {"[::]:7", "example.org:7", true},
      {"[::]:7", "example.org:8", false},
      {"[::0]:7", "[0:0::]:7", true},
      {"[::ffff:127.0.0.1]:7", "127.0.0.1:7", true},
      {"[::ffff:127.0.0.1]:7", "0.0.0.0:7", true},
      {"[fe80::1%lo]:7", "[fe80::1%1]:7", true},  // loopback is interface 1
      {"[fe80::1%lo]:7", "[fe80::1%2]:7", false},
      {"[fe80::1%none]:7", "[fe80::1%none]:7", true},
      {"[fe80::1%none]:7", "[fe80::1%other]:7", false},
      {"[fe80::1%lo]:7", "[::]:7", true},
      {"[::1%lo]:7", "[::1]:7", true},  // no address of one link
      {"Example.org:7", "example.ORG.:7", true},
      {"example.org:7", "example.com:7", false},
      {"example.org:7", "0.0.0.0:7", false},  // it may have IPv6 addresses alone
      {"localhost:7", "127.0.0.1:7", true},
      {"LOCALHOST:7", "0.0.0.0:7", true},
      {"localhost:7", "127.0.0.2:7", false},
      {"127.0.0.1:0", "127.0.0.1:0", false},
      {"[::]:0", "0.0.0.0:0", false},
      {"localhost:0", "localhost:0", false},
      {"unix:/nowhere/a", "unix:/nowhere/a", true},
      {"unix:/nowhere/a", "unix:/nowhere/./a", true},
      {"unix:/nowhere/a", "unix://nowhere//a", true},
      {"unix:/nowhere/a", "unix:/nowhere/b/../a", true},
      {"unix:/nowhere/a", "unix:/nowhere/A", false},
      {"unix:/nowhere/a", "127.0.0.1:7", false},
      {"systemd", "systemd", false},
      {"nonsense", "nonsense", false},
  };
  for (const Row& row : rows) {
    INFO(row.one << " and " << row.other);
    CHECK(addresses_clash(at(row.one), at(row.other)) == row.clash);
    CHECK(addresses_clash(at(row.other), at(row.one)) == row.clash);
  }
}

TEST_CASE("of many, each clash is with the first that is in the way", "[address_clash]") {
  const std::vector<std::string> addresses{
      "127.0.0.1:7",   "localhost:7",   "0.0.0.0:7",       "[::1]:7",         "[::]:7",
      "example.org:7", "example.org:7", "127.0.0.1:8",     "unix:/nowhere/a", "unix:/nowhere/a",
      "[::1]:8",       "localhost:8",   "127.0.0.2:7",     "0.0.0.0:8",       "systemd",
      "127.0.0.1:0",   "127.0.0.1:0",   "unix:/nowhere/b", "[::]:8",          "127.0.0.1:7"};
  for (std::size_t turn = 0; turn < addresses.size(); ++turn) {
    std::vector<Listener> listeners;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      listeners.push_back(at(addresses[(i * 7 + turn) % addresses.size()]));
    }
    std::vector<std::pair<std::size_t, std::size_t>> expected;
    for (std::size_t i = 0; i < listeners.size(); ++i) {
      std::size_t first = 0;
      while (first < i && !addresses_clash(listeners[first], listeners[i])) ++first;
      if (first < i) expected.emplace_back(i, first);
    }
    std::vector<std::pair<std::size_t, std::size_t>> found;
    for (const auto& [index, earlier] : config::clashes(listeners)) {
      found.emplace_back(index, earlier);
    }
    CHECK(found == expected);
  }
}

TEST_CASE("a path is the file that it leads to", "[address_clash]") {
  std::string pattern = std::filesystem::temp_directory_path() / "echoline-XXXXXX";
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  std::filesystem::create_directory(folder / "real");
  std::filesystem::create_directory_symlink("real", folder / "link");
  const Listener real = at("unix:" + (folder / "real/s").string());
  const Listener link = at("unix:" + (folder / "link/s").string());
  CHECK(addresses_clash(real, link));
  CHECK(address_key(real) == address_key(link));
  std::filesystem::remove_all(folder);
}

TEST_CASE("an address has one key, however it is spelt", "[address_clash]") {
  const auto key = [](const char* address) { return address_key(at(address)); };
  CHECK(key("127.0.0.1:7007") == key("127.0.0.1:7007"));
  CHECK(key("Example.org:1") == key("example.ORG:1"));
  CHECK(key("[2001:DB8::0:1]:1") == key("[2001:db8::1]:1"));
  CHECK(key("[::ffff:127.0.0.1]:1") == key("127.0.0.1:1"));
  CHECK(key("unix:/a") == key("unix:/./a"));
  CHECK(key("127.0.0.1:1") != key("127.0.0.1:2"));
  CHECK(key("127.0.0.1:1") != key("127.0.0.2:1"));
  CHECK(key("[::]:1") != key("[::1]:1"));
  CHECK(key("[fe80::1%a]:1") != key("[fe80::1%b]:1"));
  CHECK(key("unix:/a") != key("unix:/A"));
  CHECK_FALSE(key("unix:/a").empty());
  CHECK(key("127.0.0.1:0").empty());
  CHECK(key("nonsense").empty());
}
