#include "server/process/terminal.hpp"

#include <csignal>
#include <unistd.h>

namespace server::process {

Terminal::Terminal() noexcept {
  for (std::size_t fd = 0; fd < was_terminal_.size(); ++fd) {
    was_terminal_[fd] = ::isatty(static_cast<int>(fd)) != 0;
  }
}

bool Terminal::is_gone() const noexcept {
  for (std::size_t fd = 0; fd < was_terminal_.size(); ++fd) {
    if (was_terminal_[fd] && ::isatty(static_cast<int>(fd)) == 0) return true;
  }
  return false;
}

bool Terminal::means_stop(int signal) const noexcept {
  return signal == SIGTERM || signal == SIGINT || (signal == SIGHUP && is_gone());
}

}  // namespace server::process
