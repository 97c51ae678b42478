#include "client/load/descriptor_table.hpp"

#include <sched.h>

namespace client::load {

void take_own_descriptor_table() noexcept {
#ifndef __SANITIZE_THREAD__
  // ThreadSanitizer takes the same number in two tables for the same file.
  static_cast<void>(::unshare(CLONE_FILES));
#endif
}

}  // namespace client::load
