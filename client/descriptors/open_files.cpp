#include "client/descriptors/open_files.hpp"

#include <sys/resource.h>

namespace client::descriptors {

void raise_open_files() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlimit raised{limit.rlim_max, limit.rlim_max};
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &raised));
}

}  // namespace client::descriptors
