#include "server/sockets/unix_socket.hpp"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "server/sockets/bind_error.hpp"
#include "tests/catch.hpp"
#include "tests/server/sockets/folder.hpp"

using server::sockets::bind_unix;
using server::sockets::BindError;
using server::sockets::BoundSocket;
using streams::FileId;

namespace {

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{AF_UNIX, {}};
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

/// A socket that another program has bound there.
streams::UniqueFd bind_foreign(const std::string& path, int type) {
  streams::UniqueFd fd(::socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const sockaddr_un address = address_of(path);
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return fd;
}

int connect_to(int fd, const std::string& path) {
  const sockaddr_un address = address_of(path);
  const int result = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return result == 0 ? 0 : errno;
}

std::string refusal(const std::string& path) {
  try {
    bind_unix(path, 5, {});
  } catch (const BindError& error) {
    return error.text();
  }
  return "was bound";
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("a path goes with the socket that made it, and with its last owner only",
          "[unix_socket]") {
  const tests::Folder folder;
  const std::string path = folder / "s";
  {
    BoundSocket first = bind_unix(path, 5, {});
    CHECK(server::sockets::socket_address(first.fd.get()) == "unix:" + path);
    { const BoundSocket second = std::move(first); }
    CHECK_FALSE(std::filesystem::exists(path));
    first = bind_unix(path, 5, {});
    CHECK(std::filesystem::exists(path));
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a path that is another's by now is left to it", "[unix_socket]") {
  const tests::Folder folder;
  const std::string path = folder / "s";
  BoundSocket first = bind_unix(path, 5, {});
  REQUIRE(std::filesystem::remove(path));
  const BoundSocket second = bind_unix(path, 5, {});
  first = {};
  CHECK(FileId::of(path));
}

TEST_CASE("what a process that is gone has left is replaced", "[unix_socket]") {
  const tests::Folder folder;
  const std::string path = folder / "s";
  for (const int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}) {
    bind_foreign(path, type).reset();
    const BoundSocket socket = bind_unix(path, 5, {});
    CHECK(connect_to(streams::UniqueFd(::socket(AF_UNIX, SOCK_STREAM, 0)).get(), path) == 0);
  }
}

TEST_CASE("whoever listens there keeps the path, also with a full backlog", "[unix_socket]") {
  const tests::Folder folder;
  const std::string path = folder / "s";
  const streams::UniqueFd owner = bind_foreign(path, SOCK_STREAM);
  REQUIRE(::listen(owner.get(), 0) == 0);
  const auto before = FileId::of(path);
  std::vector<streams::UniqueFd> waiting;
  int result = 0;
  do {
    const std::string text = refusal(path);
    CHECK(text ==
          "Address already in use (another process listens on that path: stop it or choose another "
          "path)");
    waiting.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
    result = connect_to(waiting.back().get(), path);
  } while (result == 0);
  CHECK(result == EAGAIN);
  CHECK(refusal(path).find("another process listens on that path") != std::string::npos);
  CHECK(FileId::of(path) == before);
}

TEST_CASE("what stands in the way is named, and stays", "[unix_socket]") {
  struct Row {
    std::string what;
    std::function<streams::UniqueFd(const std::string&)> make;
    std::string text;
  };
  const std::string in_use = "Address already in use (";
  const Row rows[] = {
      {"folder",
       [](const std::string& path) {
         std::filesystem::create_directory(path);
         return streams::UniqueFd();
       },
       in_use + "there is a directory at that path: choose a path in it, or another one)"},
      {"file",
       [](const std::string& path) {
         std::ofstream(path) << "precious";
         return streams::UniqueFd();
       },
       in_use + "there is a file at that path: remove it or choose another path)"},
      {"link",
       [](const std::string& path) {
         std::filesystem::create_symlink("nowhere", path);
         return streams::UniqueFd();
       },
       in_use + "there is a symbolic link at that path: give the path that it points to)"},
      {"datagrams", [](const std::string& path) { return bind_foreign(path, SOCK_DGRAM); },
       in_use + "another process has a socket of another type at that path: stop it or choose "
                "another path)"},
      {"packets",
       [](const std::string& path) {
         streams::UniqueFd fd = bind_foreign(path, SOCK_SEQPACKET);
         REQUIRE(::listen(fd.get(), 5) == 0);
         return fd;
       },
       in_use + "another process has a socket of another type at that path: stop it or choose "
                "another path)"},
  };
  const tests::Folder folder;
  for (const Row& row : rows) {
    INFO(row.what);
    const std::string path = folder / row.what;
    const streams::UniqueFd kept = row.make(path);
    const auto before = FileId::of(path);
    CHECK(refusal(path) == row.text);
    CHECK(FileId::of(path) == before);
  }
}

TEST_CASE("where no file can be made, the advice is about the folder", "[unix_socket]") {
  const tests::Folder folder;
  CHECK(refusal(folder / "none/s") == "No such file or directory (there is no directory " +
                                          (folder / "none") + ": create it first)");
  std::ofstream(folder / "file") << "";
  CHECK(refusal(folder / "file/s") ==
        "Not a directory (a component of the path is not a directory)");
  std::filesystem::create_symlink("circle", folder / "circle");
  CHECK(refusal(folder / "circle/s") ==
        "Too many levels of symbolic links (the symbolic links in the path form a loop)");
  if (::geteuid() == 0) {
    CHECK(refusal("/proc/s").ends_with(": create it first)"));  // the kernel's own word for it
  } else {
    CHECK(refusal("/s").starts_with("Permission denied (this user may not create a file in /: "));
  }
}

TEST_CASE("of many that start at once on a path that was left behind, one has it",
          "[unix_socket]") {
  constexpr int daemons = 4;
  const tests::Folder folder;
  const std::string path = folder / "s";
  for (int round = 0; round < 200; ++round) {
    bind_foreign(path, SOCK_STREAM).reset();
    std::vector<BoundSocket> sockets(daemons);
    std::atomic<int> ready{0};
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < daemons; ++i) {
        threads.emplace_back([&, i] {
          for (++ready; ready != daemons;) std::this_thread::yield();
          try {
            sockets[static_cast<std::size_t>(i)] = bind_unix(path, 5, {});
          } catch (const BindError&) {
          }
        });
      }
    }
    int bound = 0;
    for (const BoundSocket& socket : sockets) bound += socket.fd ? 1 : 0;
    REQUIRE(bound == 1);
  }
  // Nothing is left beside it, or of it.
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("who keeps the folder's lock is not waited for", "[unix_socket]") {
  const tests::Folder folder;
  const std::string path = folder / "s";
  BoundSocket before = bind_unix(folder / "before", 5, {});
  const streams::UniqueFd lock(::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY));
  REQUIRE(::flock(lock.get(), LOCK_EX) == 0);
  CHECK(refusal(path) == "Device or resource busy (another program keeps the lock, flock(2), on " +
                             folder.path() + ")");
  before = {};
  CHECK_FALSE(FileId::of(folder / "before"));
}

TEST_CASE("mode and group are what was asked for, whatever the umask", "[unix_socket]") {
  const tests::Folder folder;
  const mode_t umask_before = ::umask(077);
  const BoundSocket left_to_it = bind_unix(folder / "s", 5, {});
  CHECK(mode_of(folder / "s") == 0700);
  for (const mode_t mode : {0666U, 0600U, 0660U, 0U}) {
    const BoundSocket socket = bind_unix(folder / "m", 5, {.mode = mode, .group = ::getegid()});
    CHECK(mode_of(folder / "m") == mode);
  }
  ::umask(umask_before);
}
