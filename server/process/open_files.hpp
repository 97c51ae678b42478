// The process's limit on open files, getrlimit(2).
#pragma once

#include <cstddef>

namespace server::process {

/// Raises the soft limit to the hard one, as far as that is allowed, and returns what it is now.
std::size_t raise_open_files() noexcept;

}  // namespace server::process
