// The NotifySocket: the wire to the service manager, sd_notify(3), one datagram a message. Opened
// once, at the start, and never waited for: a manager that does not read must not hold up the
// daemon. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>

#include "streams/unique_fd.hpp"

namespace server::process {

class NotifySocket {
 public:
  /// To the socket that the environment variable NOTIFY_SOCKET names: a path, or `@` and a name in
  /// the abstract namespace of unix(7). Without the variable, or where it is empty, there is no
  /// manager; with another name there is a problem(), too. Throws std::system_error for lack of
  /// descriptors.
  NotifySocket();

  /// Whether there is someone to tell.
  explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

  /// Why the name is of no use, for the operator; empty for nothing.
  const std::string& problem() const noexcept { return problem_; }

  /// Sends lines of VARIABLE=value. An error when the manager has no room for them, which is
  /// std::errc::operation_would_block, or is away for a moment, and it is worth trying again.
  std::error_code send(std::string_view lines) const noexcept;

 private:
  std::string problem_;
  sockaddr_un address_{};
  socklen_t size_ = 0;
  streams::UniqueFd fd_;
};

}  // namespace server::process
