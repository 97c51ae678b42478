#include "server/sockets/bound_socket.hpp"

#include <cstddef>
#include <filesystem>
#include <sys/socket.h>
#include <sys/un.h>

#include "server/sockets/unix_socket.hpp"
#include "tests/catch.hpp"
#include "tests/server/sockets/folder.hpp"

using server::sockets::BoundSocket;
using server::sockets::socket_address;

TEST_CASE("an adopted socket keeps its path", "[bound_socket]") {
  const tests::Folder folder;
  const std::string path = folder / "s";
  {
    BoundSocket owner = server::sockets::bind_unix(path, 5, {});
    {
      const BoundSocket adopted =
          server::sockets::adopt_socket(streams::UniqueFd(owner.fd.release()), {});
      CHECK(adopted.inherited);
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

TEST_CASE("a path that fills the kernel's field, without a zero byte behind it, is shown whole",
          "[bound_socket]") {
  const tests::Folder folder;
  sockaddr_un longest{AF_UNIX, {}};
  const std::string path =
      folder / std::string(sizeof longest.sun_path - folder.path().size() - 1, 'x');
  path.copy(longest.sun_path, sizeof longest.sun_path);
  const streams::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&longest), sizeof longest) == 0);
  CHECK(socket_address(socket.get()) == "unix:" + path);
}
