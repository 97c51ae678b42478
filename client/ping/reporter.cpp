#include "client/ping/reporter.hpp"

#include <cerrno>
#include <cstdio>

namespace client::ping {

void Reporter::flush() {
  // What did not fit into the buffer has failed before.
  const bool failed_before = std::ferror(stdout) != 0;
  errno = 0;
  if (!error_ && (std::fflush(stdout) != 0 || failed_before)) {
    error_ = {errno != 0 ? errno : EIO, std::generic_category()};
    if (on_error_) on_error_();
  }
}

}  // namespace client::ping
