// The terminal that the daemon was started on, if any: a person's, whose closed window means that
// the daemon is to end, too. Any thread.
#pragma once

#include <array>

namespace server::process {

class Terminal {
 public:
  /// Looks at the standard descriptors.
  Terminal() noexcept;

  /// Whether one of them was a terminal and has been hung up since (tty(4)).
  bool is_gone() const noexcept;
  /// Whether the signal asks for the end: SIGTERM, SIGINT, and SIGHUP where it comes because the
  /// terminal was closed.
  bool means_stop(int signal) const noexcept;

 private:
  std::array<bool, 3> was_terminal_{};  // by descriptor
};

}  // namespace server::process
