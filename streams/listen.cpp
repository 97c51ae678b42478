#include "streams/listen.hpp"

#include <algorithm>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include "streams/folder_lock.hpp"

namespace streams {
namespace {

/// A port that is free on the first address may be taken on another. With nearly all ports taken,
/// this many tries still find one that is free on two.
constexpr int max_port_choices = 64;

void check(int result, const char* call) {
  if (result < 0) throw std::system_error(errno, std::system_category(), call);
}

void set_option(int fd, int level, int option, int value) {
  check(::setsockopt(fd, level, option, &value, sizeof value), "setsockopt");
}

bool is_absent(const std::error_code& ec) noexcept {
  return ec == std::errc::address_not_available || ec == std::errc::address_family_not_supported;
}

UniqueFd listen_on(const Endpoint& endpoint, int backlog, bool ipv6_only,
                   const SocketOptions& socket) try {
  UniqueFd fd = open_socket(endpoint.family());
  if (endpoint.family() == AF_INET6) {
    set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, ipv6_only ? 1 : 0);
  }
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  prepare_for_connections(fd.get(), socket);
  check(::bind(fd.get(), endpoint.address(), endpoint.address_size()), "bind");
  check(::listen(fd.get(), backlog), "listen");
  return fd;
} catch (const SocketOptionError& error) {
  throw ListenError(error, endpoint);
} catch (const std::system_error& error) {
  throw ListenError(error.code().value(), endpoint);
}

Listening listen_on_all(std::span<const Endpoint> endpoints, int backlog, bool ipv6_only,
                        const SocketOptions& socket) {
  Listening listening;
  std::uint16_t port = 0;
  for (const Endpoint& endpoint : endpoints) {
    const bool chosen = endpoint.port() == 0;
    try {
      listening.sockets.push_back(
          listen_on(chosen ? endpoint.with_port(port) : endpoint, backlog, ipv6_only, socket));
      if (chosen) port = Endpoint::of_socket(listening.sockets.back().get()).port();
    } catch (const ListenError& error) {
      if (!is_absent(error.code())) throw;
      listening.skipped.emplace_back(error.code().value(), endpoint);
    }
  }
  if (listening.sockets.empty()) throw listening.skipped.front();
  return listening;
}

/// Whether `one` is among what `other` listens on.
bool is_covered(const Endpoint& one, const Endpoint& other, bool ipv6_only) {
  if (!other.is_unspecified()) return false;
  if (one.family() == other.family()) return !one.is_unspecified();
  return other.family() == AF_INET6 && !ipv6_only;
}

// A name may stand for a wildcard and for what that has already, or twice for the same.
std::vector<Endpoint> without_covered(std::span<const Endpoint> endpoints, bool ipv6_only) {
  std::vector<Endpoint> needed;
  for (const Endpoint& one : endpoints) {
    const bool covered =
        std::any_of(endpoints.begin(), endpoints.end(),
                    [&](const Endpoint& other) { return is_covered(one, other, ipv6_only); });
    const bool twice = std::find(needed.begin(), needed.end(), one) != needed.end();
    if (!covered && !twice) needed.push_back(one);
  }
  return needed;
}

const sockaddr* generic(const sockaddr_un& address) noexcept {
  return reinterpret_cast<const sockaddr*>(&address);
}

/// Whether there is a socket on which nobody answers. Who is killed leaves one.
bool is_left_behind(const sockaddr_un& address) {
  struct stat status {};
  if (::lstat(address.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const UniqueFd fd = open_socket(AF_UNIX);
  return ::connect(fd.get(), generic(address), sizeof address) != 0 && errno == ECONNREFUSED;
}

}  // namespace

UniqueFd open_socket(int family) {
  UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  check(fd.get(), "socket");
  return fd;
}

void prepare_for_connections(int fd, const SocketOptions& socket) {
  const SocketOptions usual;
  OptionFailure failure = set_socket_options(fd, usual);
  // A socket that was passed on may be of a protocol that speaks to TCP's clients and has not all
  // of it, such as MPTCP.
  const bool has_not = failure.ec == std::errc::no_protocol_option ||
                       failure.ec == std::errc::operation_not_supported;
  if (!failure || has_not) failure = change_socket_options(fd, usual, socket);
  if (failure) throw SocketOptionError(failure);
  keep_urgent_data(fd);
}

// A telnet client's synch is half a command otherwise.
void keep_urgent_data(int fd) noexcept {
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
}

Listening listen_tcp(std::span<const Endpoint> all, int backlog, bool ipv6_only,
                     const SocketOptions& socket) {
  const std::vector<Endpoint> endpoints = without_covered(all, ipv6_only);
  const bool any_port = std::all_of(endpoints.begin(), endpoints.end(),
                                    [](const auto& endpoint) { return endpoint.port() == 0; });
  for (int choices = 1;; ++choices) {
    try {
      return listen_on_all(endpoints, backlog, ipv6_only, socket);
    } catch (const ListenError& error) {
      const bool again = any_port && error.code() == std::errc::address_in_use;
      if (!again || choices == max_port_choices) throw;
    }
  }
}

UnixListening listen_unix(const std::string& path, int backlog) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty()) {
    // The kernel would take it for one without a name, and choose one.
    throw std::system_error(EINVAL, std::system_category(), "a Unix path that is empty");
  }
  if (path.size() >= sizeof address.sun_path) {
    throw std::system_error(ENAMETOOLONG, std::system_category(), path);
  }
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  // Until listen(2), lest another takes for left behind what does not listen yet.
  const FolderLock lock(path, listen_unix_patience);
  if (lock.is_taken()) {
    throw std::system_error(EBUSY, std::system_category(), path + ": its folder is locked");
  }
  if (is_left_behind(address)) ::unlink(path.c_str());
  UnixListening listening;
  listening.socket = open_socket(AF_UNIX);
  const int fd = listening.socket.get();
  check(::bind(fd, generic(address), sizeof address), path.c_str());
  listening.path = OwnedPath(path, FileId::of(path).value_or(FileId{}));
  check(::listen(fd, backlog), path.c_str());
  return listening;
}

}  // namespace streams
