// The socket of a journal, in the hands of a test.
#pragma once

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <vector>

#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"

namespace tests {

/// A journal of the test's: a socket in a folder that goes with it.
class Journal {
 public:
  Journal() {
    std::string name = "/tmp/journal-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    bind();
  }
  ~Journal() { std::filesystem::remove_all(folder_); }
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  std::string path() const { return folder_ / "socket"; }
  /// As a journal does that is started anew.
  void start_anew() {
    std::filesystem::remove(path());
    bind();
  }
  /// The datagrams that have come.
  std::vector<std::string> received() const {
    std::vector<std::string> all;
    std::array<char, 100'000> block{};
    for (ssize_t n; (n = ::recv(socket_.get(), block.data(), block.size(), MSG_DONTWAIT)) >= 0;) {
      all.emplace_back(block.data(), static_cast<std::size_t>(n));
    }
    return all;
  }

 private:
  void bind() {
    socket_ = streams::UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }

  std::filesystem::path folder_;
  streams::UniqueFd socket_;
};

}  // namespace tests
