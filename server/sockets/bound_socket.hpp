// A BoundSocket: one that listens already and that nobody accepts from yet, bound by us or
// inherited from the service manager. A value with one owner; any thread.
#pragma once

#include <string>
#include <utility>

#include "streams/unique_fd.hpp"

namespace server::sockets {

/// A file's name in the file system, removed with this object; empty for none.
class OwnedPath {
 public:
  OwnedPath() = default;
  explicit OwnedPath(std::string path) noexcept : path_(std::move(path)) {}
  OwnedPath(OwnedPath&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  OwnedPath& operator=(OwnedPath&& other) noexcept {
    if (this != &other) {
      remove();
      path_ = std::exchange(other.path_, {});
    }
    return *this;
  }
  ~OwnedPath() { remove(); }

  void remove() noexcept;

 private:
  std::string path_;
};

struct BoundSocket {
  streams::UniqueFd fd;    ///< non-blocking, close-on-exec
  OwnedPath path;          ///< a Unix socket's, where we made it
  bool inherited = false;  ///< it outlives the daemon, with all who wait in its backlog
};

/// Resolves, binds and listens on HOST:PORT, [IPV6]:PORT or unix:/PATH. Waits for the look-up of a
/// name. Throws std::runtime_error with a text that names the address and, where it is known, what
/// to do. A Unix socket left behind by a process that is gone is replaced.
BoundSocket bind_socket(const std::string& address, int backlog);

/// Takes over a listening stream socket. Throws std::system_error.
BoundSocket adopt_socket(streams::UniqueFd fd);

/// Where a socket listens, in the same form, with the port that the kernel chose for port 0. A name
/// in the abstract namespace is unix:@NAME.
std::string socket_address(int fd);

}  // namespace server::sockets
