// The process's limit on open files, getrlimit(2), and the kernel's table of them. Any thread.
#pragma once

#include <cstddef>

namespace server::process {

/// Raises the soft limit to the hard one, as far as that is allowed, and returns what it is now.
std::size_t raise_open_files() noexcept;

/// Finds out whether `count` more descriptors can be opened; throws std::system_error if not.
void require_descriptors(std::size_t count);

/// Has the kernel make its table of descriptors large enough for `number` of them, as far as the
/// limit allows. It would grow by doubling, and each time stop the whole process for milliseconds.
void grow_descriptor_table(std::size_t number) noexcept;

}  // namespace server::process
