#include "server/sockets/binder.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>

#include "tests/catch.hpp"
#include "tests/server/sockets/folder.hpp"

using server::sockets::Binder;
using server::sockets::Bound;
using server::sockets::socket_address;

namespace {

config::Listener listener(std::string name, std::string address) {
  config::Listener made;
  made.name = std::move(name);
  made.address = std::move(address);
  made.backlog = 5;
  return made;
}

Bound bind(Binder& binder, const config::Listener& to) {
  return binder.bind(to, Binder::resolve(to));
}

std::string refusal(Binder& binder, const std::string& address) {
  try {
    bind(binder, listener("refused", address));
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "was bound";
}

std::string port_of(const Bound& bound) {
  const std::string address = socket_address(bound.sockets.at(0).fd.get());
  return address.substr(address.rfind(':'));
}

}  // namespace

TEST_CASE("a socket knows the port that the kernel chose for it", "[binder]") {
  Binder binder("advice");
  const Bound bound = bind(binder, listener("a", "127.0.0.1:0"));
  REQUIRE(bound.sockets.size() == 1);
  const std::string address = socket_address(bound.sockets[0].fd.get());
  CHECK(address.starts_with("127.0.0.1:"));
  CHECK_FALSE(address.ends_with(":0"));
  CHECK_FALSE(bound.sockets[0].inherited);
}

TEST_CASE("a port that another has is an error that names it and says what to do", "[binder]") {
  Binder other("");
  const Bound bound = bind(other, listener("a", "127.0.0.1:0"));
  const std::string address = "127.0.0.1" + port_of(bound);
  Binder binder("advice");
  CHECK(refusal(binder, address) ==
        "cannot listen on " + address +
            ": Address already in use (another process uses that port: stop it or choose another "
            "port)");
}

TEST_CASE("a listener of ours that is in the way is named, however the address is spelt",
          "[binder]") {
  Binder binder("do this");
  const Bound bound = bind(binder, listener("a", "127.0.0.1:0"));
  const std::string port = port_of(bound);
  for (const char* host : {"127.0.0.1", "0.0.0.0", "[::ffff:127.0.0.1]"}) {
    INFO(host);
    CHECK(refusal(binder, host + port) ==
          "cannot listen on " + (host + port) +
              ": Address already in use (the listener \"a\" of this daemon listens on 127.0.0.1" +
              port + "; do this)");
  }
  // A name: which of its addresses it is has to be said.
  const std::string name = refusal(binder, "localhost" + port);
  CHECK(name.starts_with("cannot listen on localhost" + port + ": 127.0.0.1" + port +
                         ": Address already in use (the listener \"a\" of this daemon"));
}

TEST_CASE("a path of ours is recognized through another folder's name", "[binder]") {
  const tests::Folder folder;
  std::filesystem::create_directory(folder / "real");
  std::filesystem::create_directory_symlink("real", folder / "link");
  Binder binder("do this");
  const Bound bound = bind(binder, listener("a", "unix:" + (folder / "real/s")));
  CHECK(refusal(binder, "unix:" + (folder / "link/s")) ==
        "cannot listen on unix:" + (folder / "link/s") +
            ": Address already in use (the listener \"a\" of this daemon listens on unix:" +
            (folder / "real/s") + "; do this)");
}

TEST_CASE("a socket that was bound elsewhere is ours once it is added", "[binder]") {
  Binder other("");
  const Bound bound = bind(other, listener("a", "127.0.0.1:0"));
  Binder binder("do this");
  binder.add("inherited one", bound.sockets[0].fd.get());
  CHECK(refusal(binder, "127.0.0.1" + port_of(bound)).find("\"inherited one\" of this daemon") !=
        std::string::npos);
}

TEST_CASE("what is no address, and a zone that is none, are told", "[binder]") {
  Binder binder("");
  CHECK(refusal(binder, "[fe80::1%no-such-zone]:7") ==
        "cannot listen on [fe80::1%no-such-zone]:7: this machine has no interface "
        "\"no-such-zone\" (\"ip link\" lists them)");
  CHECK(refusal(binder, "nonsense").starts_with("cannot listen on nonsense: "));
}
