// listen_unix() and what listen_tcp() says; where TCP sockets are bound is tested with the
// daemon's.
#include "streams/listen.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

#include "streams/address.hpp"
#include "streams/folder_lock.hpp"
#include "tests/catch.hpp"

using streams::Endpoint;
using streams::listen_tcp;
using streams::listen_unix;
using streams::ListenError;

namespace {

std::string free_path() { return "/tmp/listen_test." + std::to_string(::getpid()); }

std::error_code error_at(const std::string& path) {
  try {
    static_cast<void>(listen_unix(path, 1));
  } catch (const std::system_error& error) {
    return error.code();
  }
  return {};
}

}  // namespace

TEST_CASE("a file that is no socket is nobody's to replace", "[listen]") {
  const std::string path = free_path();
  std::ofstream(path) << "mine";
  CHECK(error_at(path) == std::errc::address_in_use);
  CHECK(std::filesystem::file_size(path) == 4);
  std::filesystem::remove(path);
}

TEST_CASE("a path that is empty, too long, or in no folder, is refused", "[listen]") {
  CHECK(error_at("") == std::errc::invalid_argument);
  CHECK(error_at("/tmp/" + std::string(200, 'x')) == std::errc::filename_too_long);
  CHECK(error_at("/no/such/folder") == std::errc::no_such_file_or_directory);
}

TEST_CASE("the file of a Unix socket goes with it, unless it has become another's", "[listen]") {
  const std::string path = free_path();
  {
    const streams::UnixListening listening = listen_unix(path, 1);
    CHECK(std::filesystem::is_socket(path));
  }
  CHECK_FALSE(std::filesystem::exists(path));
  {
    const streams::UnixListening listening = listen_unix(path, 1);
    std::filesystem::remove(path);
    std::ofstream(path) << "mine";
  }
  CHECK(std::filesystem::exists(path));
  std::filesystem::remove(path);
}

TEST_CASE("a folder that another keeps locked is not waited for any longer", "[listen]") {
  namespace fs = std::filesystem;
  const fs::path folder = free_path() + ".folder";
  const fs::path before = fs::current_path();
  fs::create_directory(folder);
  fs::current_path(folder);
  {
    const streams::FolderLock lock((folder / "another").native(), streams::listen_unix_patience);
    CHECK(error_at(folder / "socket") == std::errc::device_or_resource_busy);
    CHECK(error_at("socket") == std::errc::device_or_resource_busy);
  }
  CHECK_FALSE(error_at("socket"));
  fs::current_path(before);
  CHECK(fs::remove(folder));
}

TEST_CASE("an endpoint that is there twice is listened on once", "[listen]") {
  const Endpoint any = *Endpoint::of_literal(streams::HostPort("127.0.0.1", 0));
  const std::array<Endpoint, 2> twice{any, any};
  CHECK(listen_tcp(twice, 1, true).sockets.size() == 1);
}

TEST_CASE("an endpoint that is taken is named by the error", "[listen]") {
  const Endpoint any = *Endpoint::of_literal(streams::HostPort("127.0.0.1", 0));
  const streams::Listening first = listen_tcp({&any, 1}, 1, true);
  const Endpoint taken = Endpoint::of_socket(first.sockets.front().get());
  try {
    static_cast<void>(listen_tcp({&taken, 1}, 1, true));
    FAIL("bound twice");
  } catch (const ListenError& error) {
    CHECK(error.endpoint == taken);
    CHECK(error.what() == taken.to_string() + ": Address already in use");
  }
}
