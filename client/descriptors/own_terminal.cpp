#include "client/descriptors/own_terminal.hpp"

#include <fcntl.h>
#include <string>
#include <termios.h>
#include <unistd.h>

namespace client::descriptors {
namespace {

streams::UniqueFd reopen(int terminal) {
  constexpr int flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  // After su(1) the terminal is another user's, but its session may open it by this name.
  if (::tcgetsid(terminal) == ::getsid(0)) {
    streams::UniqueFd own(::open("/dev/tty", flags));
    if (own) return own;
  }
  return streams::UniqueFd(::open(("/proc/self/fd/" + std::to_string(terminal)).c_str(), flags));
}

}  // namespace

OwnTerminal::OwnTerminal(int shared) : shared_(shared) {
  if (::isatty(shared_) == 1) own_ = reopen(shared_);
}

}  // namespace client::descriptors
