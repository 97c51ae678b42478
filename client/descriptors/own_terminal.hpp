// OwnTerminal: a descriptor that somebody else made and that is a terminal, opened once more. What
// is written to it does not block, and the O_NONBLOCK of the other, which the shell and other
// programs share with us, is left as it is. A terminal that is stopped by Ctrl-S or that nobody
// reads then holds up nobody. Any thread.
#pragma once

#include "streams/unique_fd.hpp"

namespace client::descriptors {

class OwnTerminal {
 public:
  /// `shared` stays the caller's and open. Where it is no terminal, or cannot be opened once more,
  /// it is used itself.
  explicit OwnTerminal(int shared);

  int get() const noexcept { return own_ ? own_.get() : shared_; }

 private:
  const int shared_;
  streams::UniqueFd own_;
};

}  // namespace client::descriptors
