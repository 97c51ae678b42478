// The process's limit on open files, getrlimit(2).
#pragma once

#include <cstddef>

namespace server::process {

/// Raises the soft limit to the hard one, as far as that is allowed, and returns what it is now.
std::size_t raise_open_files() noexcept;

/// Finds out whether `count` more descriptors can be opened; throws std::system_error if not.
void require_descriptors(std::size_t count);

}  // namespace server::process
