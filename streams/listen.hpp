// Sockets that listen: what start_server() and the daemon bind. Any thread; nothing but
// listen_unix() waits for anything.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "streams/endpoint.hpp"
#include "streams/owned_path.hpp"
#include "streams/socket_options.hpp"
#include "streams/unique_fd.hpp"

namespace streams {

/// Why an endpoint cannot be listened on: `127.0.0.1:80: Permission denied`.
class ListenError final : public std::system_error {
 public:
  /// `error` is an errno value.
  ListenError(int error, const Endpoint& where)
      : std::system_error(error, std::system_category(), where.to_string()), endpoint(where) {}
  /// Of an option of its socket, `127.0.0.1:80: device: No such device`.
  ListenError(const SocketOptionError& error, const Endpoint& where)
      : std::system_error(error.code(), where.to_string() + ": " + error.option),
        endpoint(where),
        option(error.option) {}
  /// That cannot be listened on.
  Endpoint endpoint;
  /// As the member of SocketOptions is called that could not be set; empty for anything else.
  std::string_view option;
};

/// What listen_tcp() has bound.
struct Listening {
  std::vector<UniqueFd> sockets;     ///< at least one; non-blocking, close-on-exec
  std::vector<ListenError> skipped;  ///< endpoints that this host does not have
};

/// Binds and listens on each of `endpoints`, which are all that one address stands for and at least
/// one: with port 0 all have the same. Those that this host does not have are skipped, as long as
/// it has one of them, and so are those that another of them covers, a wildcard or one that is the
/// same. Connections inherit `socket`, and keep urgent data in the stream. Throws a ListenError;
/// nothing is bound then.
Listening listen_tcp(std::span<const Endpoint> endpoints, int backlog, bool ipv6_only,
                     const SocketOptions& socket = {});

/// A Unix socket that listens, and its file, which goes with it.
struct UnixListening {
  /// Non-blocking, close-on-exec.
  UniqueFd socket;
  /// Removed with this object, unless it has become another's.
  OwnedPath path;
};

/// How long listen_unix() waits for others who change the sockets of the same folder.
inline constexpr std::chrono::milliseconds listen_unix_patience{200};

/// Binds and listens on `path`. A socket that is there and on which nobody answers, because its
/// process was killed, is replaced; any other file is EADDRINUSE. Blocks the thread for at most
/// listen_unix_patience while another has the folder's lock, flock(2): EBUSY then. An empty path is
/// EINVAL. Throws std::system_error.
UnixListening listen_unix(const std::string& path, int backlog);

/// A socket to bind, non-blocking and close-on-exec. Throws std::system_error.
UniqueFd open_socket(int family);

/// Connections inherit from their listening TCP socket: its options, and urgent data that stays in
/// the stream. No delay of small segments is as far as their protocol has such. Throws a
/// SocketOptionError.
void prepare_for_connections(int fd, const SocketOptions& socket = {});

/// Urgent data stays in the stream, where the socket has such.
void keep_urgent_data(int fd) noexcept;

}  // namespace streams
