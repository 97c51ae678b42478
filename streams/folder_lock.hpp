// A FolderLock: among all who take it, one at a time changes the sockets of a folder. It is
// flock(2) on the folder itself: that needs no permission to write, goes with the process that
// holds it, and leaves nothing behind. Any thread.
#pragma once

#include <chrono>
#include <string_view>

#include "streams/unique_fd.hpp"

namespace streams {

class FolderLock {
 public:
  /// The folder of the file called `path`. Waits for at most `patience` for others.
  FolderLock(std::string_view path, std::chrono::milliseconds patience) noexcept;

  /// Whether another has kept it all the while. A folder that cannot be read, or is on a file
  /// system without locks, is nobody's.
  bool is_taken() const noexcept { return taken_; }

 private:
  UniqueFd folder_;
  bool taken_ = false;
};

}  // namespace streams
