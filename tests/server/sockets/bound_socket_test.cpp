#include "server/sockets/bound_socket.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/catch.hpp"

using server::sockets::bind_socket;
using server::sockets::BoundSocket;
using server::sockets::socket_address;

namespace {

/// A folder of the test's own.
class Folder {
 public:
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "echoline-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("a socket knows the port that the kernel chose for it", "[bound_socket]") {
  const BoundSocket socket = bind_socket("127.0.0.1:0", 5);
  const std::string address = socket_address(socket.fd.get());
  CHECK(address.starts_with("127.0.0.1:"));
  CHECK_FALSE(address.ends_with(":0"));
  CHECK_FALSE(socket.inherited);
}

TEST_CASE("an address in use is an error that names it and says what to do", "[bound_socket]") {
  const BoundSocket socket = bind_socket("127.0.0.1:0", 5);
  const std::string address = socket_address(socket.fd.get());
  try {
    bind_socket(address, 5);
    FAIL("was bound twice");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).starts_with("cannot listen on " + address + ": "));
    CHECK(std::string(error.what()).ends_with("stop it or choose another port)"));
  }
}

TEST_CASE("a Unix path goes with the socket that made it, and with its last owner only",
          "[bound_socket]") {
  const Folder folder;
  const std::string path = folder / "s";
  {
    BoundSocket first = bind_socket("unix:" + path, 5);
    CHECK(socket_address(first.fd.get()) == "unix:" + path);
    { const BoundSocket second = std::move(first); }
    CHECK_FALSE(std::filesystem::exists(path));
    first = bind_socket("unix:" + path, 5);
    CHECK(std::filesystem::exists(path));
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a Unix path that could not be bound is left alone", "[bound_socket]") {
  const Folder folder;
  const std::string path = folder / "s";
  const BoundSocket owner = bind_socket("unix:" + path, 5);
  CHECK_THROWS_AS(bind_socket("unix:" + path, 5), std::runtime_error);
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("an adopted socket keeps its path", "[bound_socket]") {
  const Folder folder;
  const std::string path = folder / "s";
  {
    BoundSocket owner = bind_socket("unix:" + path, 5);
    {
      const BoundSocket adopted =
          server::sockets::adopt_socket(streams::UniqueFd(owner.fd.release()));
    }
    CHECK(std::filesystem::exists(path));
  }
}

TEST_CASE("a socket in the abstract namespace is shown with an @", "[bound_socket]") {
  const streams::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  const sockaddr_un none{AF_UNIX, {}};
  REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&none), sizeof(sa_family_t)) == 0);
  CHECK(socket_address(socket.get()).starts_with("unix:@"));
}
